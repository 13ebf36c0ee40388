internal import CFFmpeg
import Files
import Foundation

/// A named stretch of a video file, which players list for jumping.
public struct VideoChapter: Hashable, Sendable {
    /// In seconds.
    public var start: Double
    /// In seconds.
    public var end: Double
    public var title: String

    public init(start: Double, end: Double, title: String) {
        self.start = start
        self.end = end
        self.title = title
    }

    /// The extensions of the files that whole videos are written into, with chapters or anew.
    public static let extensions = ["mp4", "m4v", "mov", "mkv"]

    /// Whether the container of an extension knows only how chapters follow each other, so that the first begins at 0 and each
    /// lasts until the next.
    ///
    /// - Parameter path: a file with one of ``extensions``.
    public static func lastUntilNext(in path: String) -> Bool { !path.lowercased().hasSuffix(".mkv") }

    /// The chapters of a file.
    ///
    /// - Throws: `VideoError` or `FileError`.
    public static func all(in path: String) throws -> [VideoChapter] {
        try FFmpeg.load()
        let format = try FormatPointer(path: path)
        let chapters = UnsafeBufferPointer(start: format.pointee.chapters, count: Int(format.pointee.nb_chapters))
        return chapters.compactMap { chapter in
            guard let chapter = chapter?.pointee else { return nil }
            let title = av_dict_get(chapter.metadata, "title", nil, 0)?.pointee.value
            return VideoChapter(
                start: FFmpeg.seconds(chapter.start, chapter.time_base),
                end: FFmpeg.seconds(chapter.end, chapter.time_base), title: title.map { String(cString: $0) } ?? "")
        }
    }

    /// Copies a video, packet by packet, into a file with chapters in place of those that it has.
    ///
    /// - Parameters:
    ///   - chapters: in the order of time; none begins before another ends. They cover all time from 0 on where
    ///     ``lastUntilNext(in:)`` says so.
    ///   - path: the video; its pictures, sound and subtitles are copied as they are.
    ///   - target: another file, replaced where it exists, with one of ``extensions``.
    /// - Returns: codecs of streams that the new container does not hold, and that were left out.
    /// - Throws: `VideoError` or `FileError`.
    public static func write(_ chapters: [VideoChapter], copying path: String, to target: String) throws -> [String] {
        guard extensions.contains((target as NSString).pathExtension.lowercased()) else {
            let known = extensions.map { "." + $0 }.joined(separator: ", ")
            throw FileError.unwritable(path: target, reason: "chapters are written into files that end in \(known)")
        }
        if let source = FileIdentity(path), source == FileIdentity(target) {
            throw FileError.unwritable(path: target, reason: "it is the video itself")
        }
        // Decodes a frame, which tells where second 0 is.
        let decoder = try VideoDecoder(path: path)
        guard decoder.track.isRepeatable, !decoder.track.container.hasPrefix("pictures") else {
            throw FileError.unreadable(path: path, reason: "only the packets of a video file can be copied")
        }
        let file = try ContainerFile(path: path, options: decoder.options)
        let copy = try StreamCopy(of: file, from: decoder.storedSeconds(of: 0), into: ContainerWriter(path: target))
        for chapter in chapters {
            let (start, end) = (milliseconds(chapter.start), milliseconds(chapter.end))
            try copy.output.check(
                ffAddChapter(copy.output.pointer, start, max(start + 1, end), chapter.title), "chapters")
        }
        try copy.run()
        return copy.leftOut
    }

    private static func milliseconds(_ seconds: Double) -> Int64 {
        Int64((min(1e9, max(0, seconds.isFinite ? seconds : 0)) * 1000).rounded())
    }
}

/// Copies all streams of a file that the container of another can hold.
private final class StreamCopy {
    let output: ContainerWriter
    private(set) var leftOut: [String] = []
    private let file: ContainerFile
    private let origin: Double
    private var routes: [Int32: (source: UnsafeMutablePointer<AVStream>, target: UnsafeMutablePointer<AVStream>)] = [:]

    private static let kinds = [AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_SUBTITLE]

    /// - Parameter origin: the stored time that becomes second 0.
    init(of file: ContainerFile, from origin: Double, into output: ContainerWriter) throws {
        self.file = file
        self.origin = origin
        self.output = output
        for stream in file.format.streams where Self.kinds.contains(stream.pointee.codecpar.pointee.codec_type) {
            // Only these containers have a place for the picture of a cover.
            let isCover = stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
            if let target = isCover && !output.hidesNegativeTimes ? nil : try output.addStream(like: stream) {
                stream.pointee.discard = AVDISCARD_DEFAULT
                routes[stream.pointee.index] = (stream, target)
            } else {
                let name = FFmpeg.string(avcodec_get_name(stream.pointee.codecpar.pointee.codec_id))
                if !leftOut.contains(name) { leftOut.append(name) }
            }
        }
        guard routes[file.stream.pointee.index] != nil else {
            throw FileError.unwritable(
                path: output.path, reason: "this container does not hold \(leftOut.first ?? "the codec")")
        }
        try output.check(
            av_dict_copy(&output.pointer.pointee.metadata, file.format.pointee.metadata, 0), "metadata")
    }

    func run() throws {
        try output.begin()
        let packet = try PacketPointer(path: output.path)
        while true {
            let code = av_read_frame(file.format.pointer, packet.pointer)
            guard code >= 0 else {
                guard code == ffEndOfFile else {
                    throw FileError.unreadable(path: file.path, reason: FFmpeg.text(of: code))
                }
                break
            }
            guard let (source, target) = routes[packet.pointer.pointee.stream_index] else {
                av_packet_unref(packet.pointer)
                continue
            }
            let timeBase = source.pointee.time_base
            let shift = Int64((origin * Double(timeBase.den) / Double(max(1, timeBase.num))).rounded())
            if packet.pointer.pointee.pts == ffNoTimestamp { packet.pointer.pointee.pts = packet.pointer.pointee.dts }
            if packet.pointer.pointee.pts != ffNoTimestamp { packet.pointer.pointee.pts -= shift }
            if packet.pointer.pointee.dts != ffNoTimestamp { packet.pointer.pointee.dts -= shift }
            let pointee = packet.pointer.pointee
            if pointee.pts < 0, pointee.pts != ffNoTimestamp, !output.hidesNegativeTimes {
                // All times would move, and the chapters with them.
                guard source != file.stream || pointee.flags & AV_PKT_FLAG_DISCARD == 0 else {
                    throw FileError.unwritable(
                        path: output.path,
                        reason: "the video hides frames before its beginning, which only .mp4, .m4v and .mov can")
                }
                if source != file.stream {
                    av_packet_unref(packet.pointer)
                    continue
                }
            }
            try output.write(packet.pointer, to: target, timeBase: timeBase)
        }
        try output.finish()
    }
}
