import Files
import Foundation
import Video

/// A list of videos with ids: JSON lines, or a table with commas, semicolons or tabs.
///
/// Each line, or row, has a `path` (from the folder of the manifest, unless it is absolute) or a `url`, and may have an `id` and a
/// `duration` in seconds, which saves reading the header when the work is divided. Other keys are passed by.
///
/// ```
/// {"id": "v_1", "path": "videos/v_1.mp4", "duration": 61.2}
/// {"id": "v_2", "url": "https://example.org/v_2.mp4?signature=abc"}
/// ```
struct VideoManifest {
    private(set) var videos: [VideoInput] = []

    private struct Line: Decodable {
        var id: String?
        var path: String?
        var url: String?
        var duration: Double?
    }

    /// - Parameter path: the file.
    /// - Throws: `FileError` that names the line.
    init(_ path: String, pictureRate: FrameRate?) throws(FileError) {
        let text = try TextFile.read(path, limit: TextFile.list)
        let folder = DurableFile.folder(of: path)
        func add(_ line: Line, _ number: Int) throws(FileError) {
            func refuse(_ problem: String) -> FileError { .malformed(path: path, line: number, problem: problem) }
            let places = [line.path, line.url].compactMap(\.self).filter { !$0.isEmpty }
            guard places.count == 1, let place = places.first else {
                throw refuse("expected a path or a url, and one of them only")
            }
            let isRemote = RemoteVideo(place) != nil
            if line.url?.isEmpty == false, !isRemote { throw refuse("'\(place)' is no address of http or https") }
            if let duration = line.duration, !(duration > 0 && duration.isFinite) {
                throw refuse("duration is \(duration); expected seconds above 0")
            }
            let full = isRemote || place.hasPrefix("/") || folder == "." ? place : folder + "/" + place
            var video = VideoInput(
                id: line.id.flatMap { $0.isEmpty ? nil : $0 } ?? VideoInputs.id(ofPlace: full), path: full)
            video.id = video.id.precomposedStringWithCanonicalMapping
            video.durationSeconds = line.duration
            if !isRemote, PictureNames.isSequence(full) { video.pictureRate = pictureRate }
            videos.append(video)
        }
        if text.first(where: { !$0.isWhitespace }) == "{" {
            let decoder = JSONDecoder()
            for (index, line) in TextLines.split(text).enumerated() {
                guard line.contains(where: { !$0.isWhitespace }) else { continue }
                guard let value = try? decoder.decode(Line.self, from: Data(line.utf8)) else {
                    throw .malformed(
                        path: path, line: index + 1,
                        problem: #"expected an object such as {"id": "v_1", "path": "v_1.mp4", "duration": 61.2}"#)
                }
                try add(value, index + 1)
            }
            try requireVideos(path)
            return
        }
        if text.first(where: { !$0.isWhitespace }) == "[" {
            throw .malformed(path: path, problem: "a JSON list; write an object a line, or a table")
        }
        let table = try CSVTable(path: path, bytes: Array(text.utf8))
        func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }
        let header = table.header.map { trimmed($0).lowercased() }
        if let name = ["id", "path", "url", "duration"].first(where: { name in header.count(where: { $0 == name }) > 1 }
        ) {
            throw .malformed(path: path, line: 1, problem: "two columns are called '\(name)'")
        }
        guard header.contains("path") || header.contains("url") else {
            throw .malformed(
                path: path, line: 1,
                problem:
                    "has the columns \(table.header.joined(separator: ", ")); expected path or url, and id and duration if you like"
            )
        }
        for (row, number) in zip(table.rows, table.lines) {
            guard row.dropFirst(table.header.count).allSatisfy(\.isEmpty) else {
                throw .malformed(
                    path: path, line: number,
                    problem:
                        "\(row.count) cells in place of \(table.header.count); put a text with a separator in quotes")
            }
            func field(_ name: String) -> String? {
                guard let column = header.firstIndex(of: name), column < row.count else { return nil }
                let text = trimmed(row[column])
                return text.isEmpty ? nil : text
            }
            var line = Line(id: field("id"), path: field("path"), url: field("url"))
            if let text = field("duration") {
                guard let duration = Double(text) else {
                    throw .malformed(path: path, line: number, problem: "duration is '\(text)'; expected seconds")
                }
                line.duration = duration
            }
            try add(line, number)
        }
        try requireVideos(path)
    }

    private func requireVideos(_ path: String) throws(FileError) {
        if videos.isEmpty { throw .malformed(path: path, problem: "names no video") }
    }
}
