import Files
import Foundation
import Threads
import Video

/// What the headers of many videos say, kept in a file of JSON lines so that the next process need not open them again.
///
/// An entry counts as long as the video's file has the same size and time. Only headers of regular files are kept: folders of pictures
/// and what a server has may change without a sign of it, and an address may be signed, which is a secret. The file of headers may
/// go at any time, and any number of processes may write it: each writes it whole.
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
        let found = Parallel.map(videos.count) { index -> (header: VideoHeader?, new: Entry?) in
            defer { progress(counter.next()) }
            let video = videos[index]
            if let duration = video.durationSeconds { return (.usual(duration), nil) }
            guard Self.isSeekable(video) else { return (nil, nil) }
            let state = Self.state(of: video)
            if let state, let entry = known[video.path], entry.state == state { return (entry.header, nil) }
            let options = DecoderOptions(pictureRate: video.pictureRate)
            let info = try? VideoInfo.header(of: video.path, options: options)
            let header = info.map {
                VideoHeader(
                    width: $0.width, height: $0.height, frameRate: $0.averageFrameRate,
                    durationSeconds: $0.durationSeconds)
            }
            return (header, state.map { Entry(path: video.path, state: $0, header: header) })
        }
        let new = found.compactMap(\.new)
        for entry in new { entries[entry.path] = entry }
        if !new.isEmpty { try write() }
        return found.map(\.header)
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

    /// Whether a video may be opened more than once, as a pipe may not.
    private static func isSeekable(_ video: VideoInput) -> Bool {
        RemoteVideo(video.path) != nil || video.pictureRate != nil || isRegular(video.path)
    }

    /// Changes when the file does; nil for what is no regular file.
    private static func state(of video: VideoInput) -> String? {
        guard RemoteVideo(video.path) == nil, video.pictureRate == nil, isRegular(video.path) else { return nil }
        return FileIdentity(video.path)?.state
    }

    private static func isRegular(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    }
}
