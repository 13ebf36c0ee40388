internal import CFFmpeg
import Files
import Foundation

/// A container file that is being written: its streams, and their packets.
///
/// The file appears under its name when ``finish()`` returns; until then it is a hidden file in the same folder, which is
/// removed when the writer is released unfinished.
final class ContainerWriter {
    let path: String
    let pointer: UnsafeMutablePointer<AVFormatContext>
    /// Whether negative times are kept, as the time before an edit list begins.
    let hidesNegativeTimes: Bool

    /// The file that the path leads to, and the one beside it that is written until all is there.
    private let target: String
    private let temporary: TemporaryFile
    private var isFinished = false

    /// - Parameter path: its extension says which container is meant.
    /// - Throws: `FileError`.
    init(path: String) throws {
        try FFmpeg.load()
        self.path = path
        let ending = (path as NSString).pathExtension
        // FFmpeg takes this ending for MPEG-4 video without a container.
        let name = ending.lowercased() == "m4v" ? "mp4" : nil
        // The name of the target says which container is meant, not that of the temporary file.
        var container: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&container, nil, name, "file:" + path) >= 0, let kind = container else {
            throw FileError.unwritable(path: path, reason: "no container is known for '.\(ending)'")
        }
        let layout = kind.pointee.oformat
        avformat_free_context(kind)
        guard case .file(let file) = try OutputTarget(path) else {
            throw FileError.unwritable(path: path, reason: "a video must be a file")
        }
        target = file
        temporary = try TemporaryFile(beside: file, for: path)
        container = nil
        guard avformat_alloc_output_context2(&container, layout, nil, "file:" + temporary.path) >= 0, let container
        else {
            temporary.discard()
            throw FileError.unwritable(path: path, reason: "out of memory")
        }
        pointer = container
        let names = FFmpeg.string(layout?.pointee.name).split(separator: ",")
        hidesNegativeTimes = ["mp4", "mov", "ipod"].contains { names.contains($0) }
        container.pointee.flags |= AVFMT_FLAG_BITEXACT
        // Containers call it an experiment to hold sound of some codecs, which they have held for years.
        container.pointee.strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL
    }

    deinit {
        if pointer.pointee.pb != nil { avio_closep(&pointer.pointee.pb) }
        avformat_free_context(pointer)
        if !isFinished { temporary.discard() }
    }

    /// Whether parameters of a codec are to lie in the header, not in the packets.
    var wantsGlobalHeader: Bool { pointer.pointee.oformat.pointee.flags & AVFMT_GLOBALHEADER != 0 }

    /// Adds a stream of which nothing is known yet.
    ///
    /// - Throws: `FileError`.
    func addStream(_ encoder: UnsafePointer<AVCodec>? = nil) throws -> UnsafeMutablePointer<AVStream> {
        guard let stream = avformat_new_stream(pointer, encoder) else {
            throw FileError.unwritable(path: path, reason: "out of memory")
        }
        return stream
    }

    /// Adds a stream that takes the packets of another file's stream as they are.
    ///
    /// - Returns: nil where the container cannot hold them.
    /// - Throws: `FileError`.
    func addStream(
        like source: UnsafeMutablePointer<AVStream>
    ) throws -> UnsafeMutablePointer<AVStream>? {
        guard let format = pointer.pointee.oformat,
            avformat_query_codec(format, source.pointee.codecpar.pointee.codec_id, FF_COMPLIANCE_EXPERIMENTAL) == 1
        else { return nil }
        let stream = try addStream()
        try check(ffCopyStream(stream, source, format), "copying")
        return stream
    }

    /// Opens the file and writes what comes before the packets, when all streams are added.
    ///
    /// - Throws: `FileError`.
    func begin() throws {
        try check(avio_open(&pointer.pointee.pb, "file:" + temporary.path, AVIO_FLAG_WRITE), "opening")
        var settings: OpaquePointer?
        // The index in front lets a player, and a reader of a cut file, begin at once.
        av_dict_set(&settings, "movflags", "+faststart", 0)
        defer { av_dict_free(&settings) }
        try check(avformat_write_header(pointer, &settings), "header")
    }

    /// Writes a packet, which is empty afterwards.
    ///
    /// - Parameters:
    ///   - packet: the packets of a stream come in the order of decoding.
    ///   - stream: one of this file.
    ///   - timeBase: the unit of the packet's times.
    /// - Throws: `FileError`.
    func write(
        _ packet: UnsafeMutablePointer<AVPacket>, to stream: UnsafeMutablePointer<AVStream>, timeBase: AVRational
    ) throws {
        av_packet_rescale_ts(packet, timeBase, stream.pointee.time_base)
        packet.pointee.stream_index = stream.pointee.index
        packet.pointee.pos = -1
        try check(av_interleaved_write_frame(pointer, packet), "writing")
    }

    /// Closes the file and gives it its name.
    ///
    /// - Throws: `FileError`.
    func finish() throws {
        precondition(!isFinished, "a file can be finished once")
        try check(av_write_trailer(pointer), "closing")
        try check(avio_closep(&pointer.pointee.pb), "closing")
        isFinished = true
        try temporary.replace(target, durable: false, for: path)
    }

    func check(_ code: Int32, _ step: String) throws {
        guard code < 0 else { return }
        throw FileError.unwritable(path: path, reason: "\(step): \(FFmpeg.text(of: code))")
    }
}
