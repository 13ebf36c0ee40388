import Annotations
import Features
import Files
import Foundation
import Tensors
import Video

/// What a file holds, for people and for programs.
struct Inspection {
    /// A kind of file, and what is known of it, in the order of `docs/command-line.md`.
    struct Facts {
        var text: String
        var kind: String
        var members: [(String, JSONValue)] = []
    }

    private var facts = Facts(text: "", kind: "")
    var text: String { facts.text }
    /// Videos of a feature file that cannot be used.
    var damagedVideos: [(video: String, reason: String)] = []

    /// - Parameters:
    ///   - path: a file or folder.
    ///   - isThorough: whether everything is read, and not only what describes it.
    ///   - pictureRate: the rate of pictures, if folders are read as videos.
    /// - Throws: the error of the library that reads such files.
    init(_ path: String, isThorough: Bool, pictureRate: FrameRate? = nil) throws {
        let options = DecoderOptions(pictureRate: pictureRate)
        if pictureRate != nil, PictureNames.isSequence(path) {
            facts = try Self.video(path, options: options, isThorough: isThorough)
            return
        }
        switch FileKind(of: path) {
        case nil: throw FileError.missing(path: path)
        case .featureStore, .featureFolder: try describeFeatures(path, isThorough: isThorough)
        case .npyArray:
            let header = try NpyFile.header(of: path)
            if isThorough { _ = try NpyFile.read(path) }
            facts = Facts(
                text: "npy array, \(header.elementType) \(header.shape)", kind: "array",
                members: [("type", .string("\(header.elementType)")), ("shape", Self.shape(header.shape))])
        case .weights: facts = try Self.weights(path, isThorough: isThorough)
        case .detections: facts = try Self.detections(path)
        case .annotations:
            do {
                facts = try Self.annotations(path)
            } catch {
                // Compressed files, and those whose results come late, do not show what they are at their beginning.
                guard let detections = try? Self.detections(path) else { throw error }
                facts = detections
            }
        case .perhapsVideo:
            if let format = AnnotationFormat.recognized(path) {
                do {
                    facts = try Self.labels(path, format)
                } catch {
                    // Pickles of arrays look like pickled results until they are read.
                    guard let arrays = try? ArrayFile.describe(path) else { throw error }
                    facts = Self.arrays(arrays.kind, arrays.entries)
                }
            } else if let arrays = try ArrayFile.describe(path) {
                facts = Self.arrays(arrays.kind, arrays.entries)
            } else {
                do {
                    facts = try Self.video(path, options: options, isThorough: isThorough)
                } catch {
                    // What is text, or marked as something else, is better described as such than as a bad video.
                    if case FileError.malformed = error, let kind = AnnotationFormat.problem(of: path) { throw kind }
                    throw error
                }
            }
        }
    }

    /// What was found, for programs.
    func json(of path: String) -> JSONValue {
        var members: [(String, JSONValue)] = [("path", .string(path)), ("kind", .string(facts.kind))] + facts.members
        if !damagedVideos.isEmpty {
            members.append(
                ("damaged", .array(damagedVideos.map { .object([("video", .string($0)), ("reason", .string($1))]) })))
        }
        return .object(members)
    }

    private static func shape(_ shape: [Int]) -> JSONValue { .array(shape.map { .number(Double($0)) }) }
    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

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
        var videos: [JSONValue] = []
        for video in source.videos {
            do {
                let header = try source.header(for: video)
                if isThorough { _ = try source.sequence(for: video) }
                total += header.length
                videos.append(
                    .object([
                        ("video", .string(video)), ("length", .number(Double(header.length))),
                        ("channels", .number(Double(header.channels))), ("fps", .number(header.grid.framesPerSecond)),
                        ("stride", .number(header.grid.strideFrames)), ("window", .number(header.grid.windowFrames)),
                        ("duration", header.durationSeconds.map { .number($0) } ?? .null),
                    ]))
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
        var members: [(String, JSONValue)] = []
        if let origin = source.origin {
            members = [
                ("encoder", .string(origin.encoder)),
                ("weights_sha256", origin.weightsSHA256.isEmpty ? .null : .string(origin.weightsSHA256)),
                ("precision", origin.encoderPrecision.map { .string($0) } ?? .null),
            ]
        }
        facts = Facts(
            text: lines.joined(separator: "\n"), kind: "features", members: members + [("videos", .array(videos))])
    }

    private static func weights(_ path: String, isThorough: Bool) throws -> Facts {
        let file = try SafetensorsFile(path: path)
        var table = TextTable([.left("tensor"), .left("type"), .left("shape")])
        var count = 0
        var tensors: [JSONValue] = []
        for name in file.names {
            guard let entry = file.entries[name] else { continue }
            count += entry.shape.reduce(1, *)
            table.add(name, entry.type.rawValue, "\(entry.shape)")
            tensors.append(
                .object([
                    ("name", .string(name)), ("type", .string(entry.type.rawValue)), ("shape", shape(entry.shape)),
                ]))
        }
        var lines = ["weights (safetensors): \(file.names.count) tensors, \(count) values"]
        lines += file.metadata.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        var members: [(String, JSONValue)] = [
            ("values", .number(Double(count))),
            ("metadata", .object(file.metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
        if isThorough {
            let digest = try FileDigest.sha256(ofFile: path)
            lines.append("SHA-256 \(digest)")
            members.append(("sha256", .string(digest)))
        }
        if !table.isEmpty { lines += ["", table.description] }
        return Facts(
            text: lines.joined(separator: "\n"), kind: "weights", members: members + [("tensors", .array(tensors))])
    }

    /// Arrays of one file. The grid of a folder gives their times.
    private static func arrays(_ kind: String, _ entries: [ArrayFile.Entry]) -> Facts {
        let arrays = entries.map { JSONValue.object([("name", .string($0.name)), ("shape", shape($0.shape))]) }
        return Facts(
            text: text(kind, entries), kind: "arrays", members: [("format", .string(kind)), ("arrays", .array(arrays))])
    }

    private static func text(_ kind: String, _ entries: [ArrayFile.Entry]) -> String {
        if entries.count == 1, entries[0].name.isEmpty { return "\(kind), array \(entries[0].shape)" }
        guard !entries.isEmpty else { return "\(kind) without an array" }
        var table = TextTable([.left("array"), .left("shape")])
        for entry in entries { table.add(entry.name, "\(entry.shape)") }
        return "\(kind), \(Quantity.text(entries.count, "array"))\n\n\(table)"
    }

    // MARK: - Annotations and detections

    /// Annotations or predictions in a format of tools and tables.
    private static func labels(_ path: String, _ format: AnnotationFormat) throws -> Facts {
        do {
            return try annotations(path)
        } catch AnnotationsError.noFrameRate(_, let what) {
            return Facts(
                text:
                    "annotations (\(format.title)): \(what); 'tal convert --annotations-fps RATE' turns them into seconds",
                kind: "annotations", members: [("format", .string(format.title)), ("problem", .string(what))])
        } catch {
            guard let detections = try? Self.detections(path) else { throw error }
            return detections
        }
    }

    private static func annotations(_ path: String) throws -> Facts {
        let set = try AnnotationSet(contentsOf: path)
        let layout = set.layout?.rawValue ?? AnnotationFormat.recognized(path)?.title
        var lines = [
            "annotations\(layout.map { " (\($0))" } ?? ""): \(Quantity.text(set.videos.count, "video")), "
                + "\(Quantity.text(set.segmentCount, "segment")), \(Quantity.text(set.labels.count, "label"))"
        ]
        var table = TextTable([.left("subset"), .right("videos"), .right("segments")])
        var subsets: [JSONValue] = []
        for name in set.subsetNames {
            let subset = try set.subset(name)
            subsets.append(
                .object([
                    ("subset", .string(name)), ("videos", .number(Double(subset.videos.count))),
                    ("segments", .number(Double(subset.segmentCount))),
                ]))
            table.add(name, "\(subset.videos.count)", "\(subset.segmentCount)")
        }
        if !table.isEmpty { lines += ["", table.description, ""] }
        lines += set.oddities.map { "note: \($0)" }
        lines.append("labels: \(list(set.labels))")
        return Facts(
            text: lines.joined(separator: "\n"), kind: "annotations",
            members: [
                ("format", layout.map { .string($0) } ?? .null), ("videos", .number(Double(set.videos.count))),
                ("segments", .number(Double(set.segmentCount))), ("subsets", .array(subsets)),
                ("labels", strings(set.labels)), ("oddities", strings(set.oddities.map { "\($0)" })),
            ])
    }

    private static func detections(_ path: String) throws -> Facts {
        let file = try DetectionFile.read(path)
        let table = file.detections
        var lines = [
            "detections (\(file.version.isEmpty ? "no version" : file.version)): \(table.count) in "
                + "\(Quantity.text(table.videos.count, "video")), \(Quantity.text(table.labels.count, "label"))"
        ]
        let (lowest, highest) = (table.scores.min(), table.scores.max())
        if let lowest, let highest {
            lines.append("scores from \(ResultText.number(lowest, 4)) to \(ResultText.number(highest, 4))")
        }
        lines += file.oddities.map { "note: \($0)" }
        lines.append("labels: \(list(table.labels))")
        return Facts(
            text: lines.joined(separator: "\n"), kind: "detections",
            members: [
                ("version", .string(file.version)), ("detections", .number(Double(table.count))),
                ("videos", .number(Double(table.videos.count))), ("labels", strings(table.labels)),
                ("lowest_score", lowest.map { .number(Double($0)) } ?? .null),
                ("highest_score", highest.map { .number(Double($0)) } ?? .null),
                ("oddities", strings(file.oddities.map { "\($0)" })),
            ])
    }

    // MARK: - Videos

    private static func video(_ path: String, options: DecoderOptions, isThorough: Bool) throws -> Facts {
        let decoder = try VideoDecoder(path: path, options: options)
        let info = decoder.info
        var lines = [
            "video: \(info.codec) in \(info.container), \(info.width)x\(info.height)"
                + (info.rotationDegrees == 0 ? "" : ", turned by \(info.rotationDegrees)°"),
            "rate      \(info.averageFrameRate) (\(short(info.averageFrameRate.framesPerSecond))) frames/s on average",
            "duration  \(info.durationSeconds.map { "\(ResultText.number($0, 3)) s" } ?? "not declared")",
            "frames    \(info.declaredFrameCount.map { "\($0) declared" } ?? "not declared")",
        ]
        var members: [(String, JSONValue)] = [
            ("codec", .string(info.codec)), ("container", .string(info.container)),
            ("width", .number(Double(info.width))), ("height", .number(Double(info.height))),
            ("rotation", .number(Double(info.rotationDegrees))), ("rate", .string("\(info.averageFrameRate)")),
            ("duration", info.durationSeconds.map { .number($0) } ?? .null),
            ("frames", info.declaredFrameCount.map { .number(Double($0)) } ?? .null),
        ]
        if isThorough {
            while decoder.advance() {}
            let end = ResultText.number(decoder.timing.end, 3)
            lines.append("decoded   \(decoder.decodedFrameCount) frames, to \(end) s")
            lines += decoder.warnings.map { "problem: \($0)" }
            members += [
                ("decoded_frames", .number(Double(decoder.decodedFrameCount))),
                ("decoded_end", .number(decoder.timing.end)),
                ("problems", strings(decoder.warnings.map { "\($0)" })),
            ]
        }
        return Facts(text: lines.joined(separator: "\n"), kind: "video", members: members)
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
