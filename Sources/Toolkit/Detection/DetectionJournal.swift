import Annotations
import Configuration
import Encoders
import Extraction
import Features
import Files
import Foundation
import Localization
import Networks
import Tensors

/// The detections of the videos that are done so far, beside the output that they will become: `OUT.partial`.
///
/// A line of JSON for each video, safe on the disk as soon as the video is done. A job with the same model, settings, encoder
/// and labels goes on from it, whatever ended the one before. The file goes when the output is written.
final class DetectionJournal {
    let path: String
    /// Whether a file of another model or of other settings was there and was replaced.
    let wasReplaced: Bool
    private var done: [String: Entry]
    private let lock: FolderLock

    private static let format = "detections in progress 1"

    /// The first line.
    private struct Header: Codable, Equatable {
        var format: String
        /// A checksum of all that decides what is found in a video.
        var identity: String
    }

    private struct Entry: Codable {
        struct Item: Codable {
            var label: String
            var start: Double
            var end: Double
            var score: Double
        }

        var video: String
        var path: String
        /// Size and time of the file.
        var state: String
        var detections: [Item]
    }

    /// Opens the journal of an output; nil for one that is no file.
    ///
    /// - Throws: `FileError`, also where another process works on the same output.
    static func open(for output: String?, identity: String) throws -> DetectionJournal? {
        guard let output else { return nil }
        // Beside a folder of files, not in it.
        var name = output, isFolder: ObjCBool = false
        while name.count > 1, name.hasSuffix("/") { name.removeLast() }
        let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        if name != output || exists && isFolder.boolValue {
            return try DetectionJournal(target: name, output: output, identity: identity)
        }
        guard case .file(let target) = try OutputTarget(output) else { return nil }
        return try DetectionJournal(target: target, output: output, identity: identity)
    }

    private init(target: String, output: String, identity: String) throws {
        path = target + ".partial"
        lock = try FolderLock(file: path + ".lock", of: output)
        let header = Header(format: Self.format, identity: identity)
        var found: [String: Entry] = [:]
        var isOurs = false, isOther = false
        var information = stat()
        if lstat(path, &information) == 0 {
            guard DurableFile.isRegular(path) else {
                lock.removeFile()
                throw FileError.unwritable(path: path, reason: "finished videos go there, and it is no regular file")
            }
            var lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
            let first = lines.isEmpty ? Data() : lines.removeFirst()
            isOurs = (try? JSONDecoder().decode(Header.self, from: first)) == header
            isOther = !isOurs
            // A line that a kill cut off is left out; its video is done again.
            let entries = isOurs ? lines.compactMap { try? JSONDecoder().decode(Entry.self, from: $0) } : []
            for entry in entries { found[entry.video] = entry }
        }
        done = found
        wasReplaced = isOther
        var text = try Self.line(header)
        for entry in found.values.sorted(by: { $0.video < $1.video }) { text += try Self.line(entry) }
        try AtomicFile.write(text, to: path, durable: true)
    }

    /// What was found in a video before, where its file is still the same.
    func detections(of video: VideoInput) -> [Detection]? {
        guard let entry = done[video.id], entry.path == video.path, let state = Self.state(video), entry.state == state
        else { return nil }
        return entry.detections.map {
            Detection(
                video: video.id, label: $0.label, segment: Segment(start: $0.start, end: $0.end), score: $0.score)
        }
    }

    /// Keeps what was found in a video. A video without a file of its own, such as a pipe, is not kept.
    ///
    /// - Throws: `FileError.unwritable`.
    func add(_ detections: [Detection], of video: VideoInput) throws {
        guard let state = Self.state(video) else { return }
        let entry = Entry(
            video: video.id, path: video.path, state: state,
            detections: detections.map {
                Entry.Item(label: $0.label, start: $0.segment.start, end: $0.segment.end, score: $0.score)
            })
        try DurableFile.append(Data(Self.line(entry).utf8), to: path)
        try DurableFile.synchronize(path)
    }

    /// Removes the file, once the output is written.
    ///
    /// - Throws: `FileError.unwritable`.
    func remove() throws {
        try DurableFile.remove(path)
    }

    deinit { lock.removeFile() }

    private static func state(_ video: VideoInput) -> String? {
        var information = stat()
        guard video.pictureRate == nil, stat(video.path, &information) == 0, information.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return FileIdentity(video.path).map { "\($0)" }
    }

    private static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}

extension DetectionJob {
    /// A checksum of all that decides what is found in a video.
    func identity(of detector: ActionDetector) throws -> String {
        let model = detector.finder.detector.model, origin = detector.extractor.encoder.origin
        var parts = [
            Weights.hash(of: model.head), try ConfigurationFile.encode(model.settings),
            model.labels.joined(separator: "\n"), origin.encoder, origin.encoderConfiguration, origin.weightsSHA256,
            precision.rawValue, "\(labels)",
        ]
        // Where curves are written too, what is done without them is not done.
        if let curves { parts.append(curves) }
        let files: [String]
        switch labels {
        case .model, .proposals: files = []
        case .videoScores(let path): files = [path]
        case .segmentClassifier(let folder, _):
            files = ["labels.txt", "classifier.safetensors"].map { "\(folder)/\($0)" }
        case .words(let words):
            // An S-ViLM's text encoder, or a published model's weights and tokenizer; a name says which model it is by itself.
            let place = words.model ?? run
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
            let names = ["text.safetensors", "model.safetensors"] + WordEncoder.tokenizerFiles
            let beside = names.map { "\(place)/\($0)" }.filter(FileManager.default.fileExists(atPath:))
            files = isFolder.boolValue ? beside : exists ? [place] : []
        }
        parts += try files.map { try FileDigest.sha256(ofFile: $0) }
        return FileDigest.sha256(of: parts.joined(separator: "\u{0}"))
    }
}
