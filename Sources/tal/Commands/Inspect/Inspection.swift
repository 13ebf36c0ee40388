import Annotations
import Features
import Files
import Foundation
import Tensors
import Video

/// What a file holds, as text.
struct Inspection {
    var text: String
    /// Videos of a feature file that cannot be used.
    var damagedVideos: [(video: String, reason: String)] = []

    /// - Parameters:
    ///   - path: a file or folder.
    ///   - isThorough: whether everything is read, and not only what describes it.
    ///   - pictureRate: the rate of pictures, where folders are to be read as such.
    /// - Throws: the error of the library that reads such files.
    init(_ path: String, isThorough: Bool, pictureRate: FrameRate? = nil) throws {
        text = ""
        let options = DecoderOptions(pictureRate: pictureRate)
        if pictureRate != nil, PictureNames.isSequence(path) {
            text = try Self.video(path, options: options, isThorough: isThorough)
            return
        }
        switch FileKind(of: path) {
        case nil: throw FileError.missing(path: path)
        case .featureStore, .featureFolder: try describeFeatures(path, isThorough: isThorough)
        case .npyArray:
            let header = try NpyFile.header(of: path)
            if isThorough { _ = try NpyFile.read(path) }
            text = "npy array, \(header.elementType) \(header.shape)"
        case .weights: text = try Self.weights(path, isThorough: isThorough)
        case .detections: text = try Self.detections(path)
        case .annotations:
            do {
                text = try Self.annotations(path)
            } catch {
                // Compressed files, and those whose results come late, do not show what they are at their beginning.
                guard let detections = try? Self.detections(path) else { throw error }
                text = detections
            }
        case .perhapsVideo:
            if let format = AnnotationFormat.recognized(path) {
                text = try Self.labels(path, format)
            } else if let arrays = try ArrayFile.describe(path) {
                text = Self.arrays(arrays.kind, arrays.entries)
            } else {
                do {
                    text = try Self.video(path, options: options, isThorough: isThorough)
                } catch {
                    // What is text, or marked as something else, is better described as such than as a bad video.
                    if let kind = AnnotationFormat.problem(of: path) { throw kind }
                    throw error
                }
            }
        }
    }

    // MARK: - Features

    private mutating func describeFeatures(_ path: String, isThorough: Bool) throws {
        let source = try FeatureSources.open(path)
        var lines = [source.kind]
        if let origin = source.origin {
            lines.append("encoder   \(origin.encoder)")
            lines.append("settings  \(origin.encoderConfiguration)")
            lines.append("weights   \(origin.weightsSHA256.isEmpty ? "none" : "SHA-256 \(origin.weightsSHA256)")")
            lines.append("computed  \(origin.encoderPrecision.map { "in \($0)" } ?? "in a precision it does not say")")
        }
        var table = TextTable([
            .left("video"), .right("length"), .right("channels"), .right("fps"), .right("stride"), .right("window"),
            .right("duration"),
        ])
        var total = 0
        for video in source.videos {
            do {
                let header = try source.header(for: video)
                if isThorough { _ = try source.sequence(for: video) }
                total += header.length
                table.add(
                    video, "\(header.length)", "\(header.channels)", Self.short(header.grid.framesPerSecond),
                    Self.short(header.grid.strideFrames), Self.short(header.grid.windowFrames),
                    header.durationSeconds.map { "\(ResultText.number($0, 2)) s" } ?? "-")
            } catch {
                damagedVideos.append((video, ErrorReport.text(of: error)))
            }
        }
        let incomplete = (source as? FeatureStore)?.incompleteVideos ?? []
        damagedVideos += incomplete.map { ($0, "its extraction did not end; extract it again") }
        lines.append("videos    \(source.videos.count), \(total) feature vectors")
        if !table.isEmpty { lines += ["", table.description] }
        text = lines.joined(separator: "\n")
    }

    private static func weights(_ path: String, isThorough: Bool) throws -> String {
        let file = try SafetensorsFile(path: path)
        var table = TextTable([.left("tensor"), .left("type"), .left("shape")])
        var count = 0
        for name in file.names {
            guard let entry = file.entries[name] else { continue }
            count += entry.shape.reduce(1, *)
            table.add(name, entry.type.rawValue, "\(entry.shape)")
        }
        var lines = ["weights (safetensors): \(file.names.count) tensors, \(count) values"]
        lines += file.metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        if isThorough { lines.append("SHA-256 \(try FileDigest.sha256(ofFile: path))") }
        if !table.isEmpty { lines += ["", table.description] }
        return lines.joined(separator: "\n")
    }

    /// Arrays of one file. Where in time they lie is said by the grid of a folder.
    private static func arrays(_ kind: String, _ entries: [ArrayFile.Entry]) -> String {
        if entries.count == 1, entries[0].name.isEmpty { return "\(kind), array \(entries[0].shape)" }
        guard !entries.isEmpty else { return "\(kind) without an array" }
        var table = TextTable([.left("array"), .left("shape")])
        for entry in entries { table.add(entry.name, "\(entry.shape)") }
        return "\(kind), \(Quantity.text(entries.count, "array"))\n\n\(table)"
    }

    // MARK: - Annotations and detections

    /// Annotations or predictions in a format of tools and tables.
    private static func labels(_ path: String, _ format: AnnotationFormat) throws -> String {
        do {
            return try annotations(path)
        } catch AnnotationsError.noFrameRate(_, let what) {
            return "annotations (\(format.title)): \(what); 'tal convert --fps' turns them into seconds"
        } catch {
            guard let detections = try? Self.detections(path) else { throw error }
            return detections
        }
    }

    private static func annotations(_ path: String) throws -> String {
        let set = try AnnotationSet(contentsOf: path)
        let layout = set.layout?.rawValue ?? AnnotationFormat.recognized(path)?.title
        var lines = [
            "annotations\(layout.map { " (\($0))" } ?? ""): \(set.videos.count) videos, "
                + "\(set.segmentCount) segments, \(set.labels.count) labels"
        ]
        var table = TextTable([.left("subset"), .right("videos"), .right("segments")])
        for name in set.subsetNames {
            let subset = try set.subset(name)
            table.add(name, "\(subset.videos.count)", "\(subset.segmentCount)")
        }
        if !table.isEmpty { lines += ["", table.description, ""] }
        lines += set.oddities.map { "note: \($0)" }
        lines.append("labels: \(list(set.labels))")
        return lines.joined(separator: "\n")
    }

    private static func detections(_ path: String) throws -> String {
        let file = try DetectionFile.read(path)
        let table = file.detections
        var lines = [
            "detections (\(file.version.isEmpty ? "no version" : file.version)): \(table.count) in "
                + "\(Quantity.text(table.videos.count, "video")), \(Quantity.text(table.labels.count, "label"))"
        ]
        if let lowest = table.scores.min(), let highest = table.scores.max() {
            lines.append("scores from \(ResultText.number(lowest, 4)) to \(ResultText.number(highest, 4))")
        }
        lines += file.oddities.map { "note: \($0)" }
        lines.append("labels: \(list(table.labels))")
        return lines.joined(separator: "\n")
    }

    // MARK: - Videos

    private static func video(_ path: String, options: DecoderOptions, isThorough: Bool) throws -> String {
        let decoder = try VideoDecoder(path: path, options: options)
        let info = decoder.info
        var lines = [
            "video: \(info.codec) in \(info.container), \(info.width)x\(info.height)"
                + (info.rotationDegrees == 0 ? "" : ", turned by \(info.rotationDegrees)°"),
            "rate      \(info.averageFrameRate) (\(short(info.averageFrameRate.framesPerSecond))) frames/s on average",
            "duration  \(info.durationSeconds.map { "\(ResultText.number($0, 3)) s" } ?? "not declared")",
            "frames    \(info.declaredFrameCount.map { "\($0) declared" } ?? "not declared")",
        ]
        if isThorough {
            while decoder.advance() {}
            let end = ResultText.number(decoder.timing.end, 3)
            lines.append("decoded   \(decoder.decodedFrameCount) frames, to \(end) s")
            lines += decoder.warnings.map { "problem: \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    /// A number with as few decimals as it needs, three at most.
    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : ResultText.number(value, 3)
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown), … (\(names.count))" : shown
    }
}
