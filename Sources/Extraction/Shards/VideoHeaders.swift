import Files
import Foundation
import Threads
import Video

/// What the headers of many videos say, kept in a file of JSON lines so that the next process need not open them again.
///
/// An entry counts as long as the file has the same size and time. The file may go at any time, and any number of processes
/// may write it: each writes it whole.
package struct VideoHeaders: Sendable {
    private struct Entry: Codable {
        var path: String
        /// Size and time of the file.
        var state: String
        /// nil where the header could not be read.
        var header: VideoHeader?
    }

    private let path: String
    private var entries: [String: Entry] = [:]

    /// Reads the file, where there is one; what is damaged is left out.
    ///
    /// - Parameter path: the file.
    package init(_ path: String) {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path) else { return }
        let decoder = JSONDecoder()
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let entry = try? decoder.decode(Entry.self, from: line) else { continue }
            entries[entry.path] = entry
        }
    }

    /// The headers of videos, in order; nil where one cannot be read or is that of a pipe, which can be read only once.
    ///
    /// - Parameter progress: called with the number of videos behind it, from several threads.
    /// - Throws: `FileError` where the file cannot be written.
    package mutating func read(
        _ videos: [VideoInput], progress: @Sendable @escaping (Int) -> Void = { _ in }
    ) throws -> [VideoHeader?] {
        let known = entries, counter = ProgressCounter()
        let found = Parallel.map(videos.count) { index -> (entry: Entry?, isNew: Bool) in
            defer { progress(counter.next()) }
            let video = videos[index]
            if let duration = video.durationSeconds {
                return (Entry(path: "", state: "", header: .usual(duration)), false)
            }
            guard let state = Self.state(of: video) else { return (nil, false) }
            // Pictures of a folder may change without its time.
            let mayBeKept = video.pictureRate == nil
            if mayBeKept, let entry = known[video.path], entry.state == state { return (entry, false) }
            let options = DecoderOptions(pictureRate: video.pictureRate)
            let info = try? VideoInfo.header(of: video.path, options: options)
            let header = info.map {
                VideoHeader(
                    width: $0.width, height: $0.height, frameRate: $0.averageFrameRate,
                    durationSeconds: $0.durationSeconds)
            }
            // A server may answer the next time.
            let isFinal = header != nil || RemoteVideo(video.path) == nil
            return (Entry(path: video.path, state: state, header: header), mayBeKept && isFinal)
        }
        for case (let entry?, true) in found { entries[entry.path] = entry }
        if found.contains(where: \.isNew) { try write() }
        return found.map { $0.entry?.header }
    }

    private func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let file = try AtomicFile(path)
        for entry in entries.values.sorted(by: { $0.path < $1.path }) {
            guard let line = try? encoder.encode(entry) else { continue }
            try file.write(line + Data("\n".utf8))
        }
        try file.commit()
    }

    /// Changes when the file does; nil for what is neither a file nor pictures.
    private static func state(of video: VideoInput) -> String? {
        if RemoteVideo(video.path) != nil { return "remote" }
        var information = stat()
        if let rate = video.pictureRate { return "pictures at \(rate)" }
        guard stat(video.path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        return FileIdentity(video.path)?.state
    }
}
