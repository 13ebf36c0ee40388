import Files
import Foundation

/// A list of videos, or parts of videos, with their captions.
///
/// Either JSON lines, each `{"video": PATH, "caption": TEXT}` with optional `"start"` and `"end"` in seconds, or a table with a
/// header in the manner of VideoCC: a column `video_path`, `video`, `video_id` or `video_url`, a column `caption` or
/// `captions`, and optional columns `start` or `start_us` and `end` or `end_us`, where `_us` means microseconds. Paths
/// are relative to the manifest's folder; of a URL the identifier after `v=`, or else the last part of its path, is looked for
/// as a file of that name with any of the usual extensions.
public struct PretrainingManifest: Sendable {
    /// One clip to draw from.
    public struct Entry: Hashable, Sendable {
        /// Path of the video file.
        public var video: String
        public var caption: String
        /// The part that the caption describes, in seconds; the whole video where `nil`.
        public var interval: Range<Double>?

        public init(video: String, caption: String, interval: Range<Double>? = nil) {
            self.video = video
            self.caption = caption
            self.interval = interval
        }
    }

    public var path: String
    public var entries: [Entry]
    /// Lines that say no clip, each with its reason; they are left out.
    public var failures: [ClipFailure]

    /// Reads a manifest.
    ///
    /// - Throws: `FileError` when the file cannot be read or not one line of it can be used.
    public init(path: String) throws {
        let text = try TextFile.read(path, limit: TextFile.list)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        let isCSV = path.lowercased().hasSuffix(".csv")
        let lines =
            isCSV ? try Self.csvEntries(text, folder: folder, path: path) : Self.jsonEntries(text, folder: folder)
        self.path = path
        entries = []
        failures = []
        var first: (line: Int, reason: String)?
        for (line, result) in lines {
            switch result {
            case .success(let entry): entries.append(entry)
            case .failure(let problem):
                failures.append(ClipFailure(video: "\(path), line \(line)", reason: problem.reason))
                if first == nil { first = (line, problem.reason) }
            }
        }
        guard !entries.isEmpty else {
            throw FileError.malformed(path: path, line: first?.line ?? 1, problem: first?.reason ?? "the file is empty")
        }
    }

    private struct Problem: Error {
        var reason: String
    }

    // MARK: - JSON lines

    private struct Line: Decodable {
        var video: String
        var caption: String
        var start: Double?
        var end: Double?
    }

    private static func jsonEntries(_ text: String, folder: URL) -> [(Int, Result<Entry, Problem>)] {
        var found: [(Int, Result<Entry, Problem>)] = []
        for (index, line) in TextLines.split(text).enumerated() {
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            let result: Result<Entry, Problem>
            if let fields = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) {
                result = entry(
                    video: resolved(fields.video, in: folder), caption: fields.caption, start: fields.start,
                    end: fields.end)
            } else {
                result = .failure(Problem(reason: "no JSON object with the texts \"video\" and \"caption\""))
            }
            found.append((index + 1, result))
        }
        return found
    }

    // MARK: - CSV

    private static func csvEntries(
        _ text: String, folder: URL, path: String
    ) throws -> [(Int, Result<Entry, Problem>)] {
        let table = try CSVTable(path: path, bytes: Array(text.utf8))
        let header = table.header.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        func column(_ names: [String]) -> Int? { names.lazy.compactMap { header.firstIndex(of: $0) }.first }
        guard let video = column(["video_path", "video", "video_id", "video_url", "url"]),
            let caption = column(["caption", "captions", "text"])
        else {
            throw FileError.malformed(
                path: path, line: 1,
                problem: "the CSV header names no column 'video' (or video_path, video_id, video_url) and 'caption'")
        }
        func time(_ seconds: [String], _ microseconds: [String], _ fields: [String]) -> Result<Double?, Problem> {
            let places = [(column(seconds), 1.0), (column(microseconds), 1e-6)]
            guard let (place, factor) = places.first(where: { $0.0 != nil }), let place, place < fields.count,
                !fields[place].isEmpty
            else { return .success(nil) }
            guard let value = Double(fields[place].trimmingCharacters(in: .whitespaces)) else {
                return .failure(Problem(reason: "'\(fields[place])' is no time"))
            }
            return .success(value * factor)
        }
        let needsSearch = ["video_id", "video_url", "url"].contains(header[video])
        let finder = VideoFinder(folder: folder)
        return zip(table.lines, table.rows).map { line, fields in
            guard fields.count > max(video, caption) else {
                return (line, .failure(Problem(reason: "\(fields.count) fields, too few")))
            }
            // A caption with commas that is not in quotes would be cut.
            guard fields.dropFirst(header.count).allSatisfy(\.isEmpty) else {
                return (
                    line,
                    .failure(
                        Problem(
                            reason:
                                "\(fields.count) fields in place of \(header.count); put a caption with separators in quotes"
                        ))
                )
            }
            let result = time(["start", "start_seconds"], ["start_us"], fields).flatMap { start in
                time(["end", "end_seconds"], ["end_us"], fields).flatMap { end in
                    let name = fields[video]
                    let file = needsSearch ? finder.path(of: name) : resolved(name, in: folder)
                    return entry(video: file, caption: fields[caption], start: start, end: end)
                }
            }
            return (line, result)
        }
    }

    // MARK: - Entries

    private static func entry(
        video: String, caption: String, start: Double?, end: Double?
    ) -> Result<Entry, Problem> {
        guard !video.isEmpty, !video.utf8.contains(0) else { return .failure(Problem(reason: "no video is named")) }
        guard caption.contains(where: { !$0.isWhitespace }) else {
            return .failure(Problem(reason: "the caption is empty"))
        }
        guard start != nil || end != nil else { return .success(Entry(video: video, caption: caption, interval: nil)) }
        let from = start ?? 0, to = end ?? .infinity
        guard from.isFinite, from >= 0, to > from else {
            return .failure(Problem(reason: "the part from \(from) to \(to) s is none"))
        }
        return .success(Entry(video: video, caption: caption, interval: from..<to))
    }

    private static func resolved(_ video: String, in folder: URL) -> String {
        video.isEmpty ? "" : URL(fileURLWithPath: video, relativeTo: folder).path
    }
}
