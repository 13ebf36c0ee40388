internal import CFFmpeg
import Files
import Foundation

/// Owns an `AVFormatContext` opened for reading, and the file or pipe it reads.
final class FormatPointer {
    let pointer: UnsafeMutablePointer<AVFormatContext>
    /// Whether any part can be read at any time.
    let isRegularFile: Bool
    /// nil where FFmpeg reads by itself, from the network.
    private let input: UnsafeMutablePointer<ffInput>?
    var pointee: AVFormatContext { pointer.pointee }

    /// Files with more streams are refused: no recording has more, and each takes memory.
    private static let mostStreams = "100"

    /// - Parameter patienceSeconds: how long a file that is still being written may stay as it is; 0 for one that is complete.
    init(path: String, patienceSeconds: Double = 0) throws {
        if let address = RemoteVideo(path) {
            pointer = try Self.open(address)
            input = nil
            isRegularFile = true
            return
        }
        let descriptor = try InputDescriptor(path: path)
        isRegularFile = descriptor.isRegularFile && patienceSeconds <= 0
        if descriptor.isRegularFile {
            let boxes = MovieBoxes(descriptor: descriptor.number, size: descriptor.size)
            // Tables of what is still being written may be ahead of it.
            guard !isRegularFile || boxes.isCredible else {
                throw FileError.notAVideo(
                    path, "its tables claim \(boxes.sampleCount) samples in \(descriptor.size) bytes")
            }
            guard isRegularFile || !boxes.hasIndexBehindFrames else {
                throw FileError.unreadable(
                    path: path,
                    reason:
                        "its index is behind its frames, so it can only be read when it is complete, and not as it grows; "
                        + "record Matroska, a transport stream or fragmented MP4 for that")
            }
        }
        guard
            let input = ffOpenInput(
                descriptor.number, isRegularFile ? 1 : 0, Int32(min(max(0, patienceSeconds), 1e6) * 1000))
        else {
            throw FileError.unreadable(path: path, reason: "out of memory")
        }
        _ = descriptor.release()
        self.input = input
        guard var context = avformat_alloc_context() else {
            ffCloseInput(input)
            throw FileError.unreadable(path: path, reason: "out of memory")
        }
        context.pointee.pb = input.pointee.stream
        var settings: OpaquePointer?
        // Nothing a file says may open another file or a network connection.
        av_dict_set(&settings, "protocol_whitelist", "none", 0)
        av_dict_set(&settings, "max_streams", Self.mostStreams, 0)
        defer { av_dict_free(&settings) }
        var opened: UnsafeMutablePointer<AVFormatContext>? = context
        // Only the ending of the name is used, where the content may be of several kinds.
        let code = avformat_open_input(&opened, path, nil, &settings)
        guard code >= 0, let opened else {
            let isEmpty = input.pointee.position == 0
            ffCloseInput(input)
            throw FileError.notAVideo(
                path,
                !isEmpty
                    ? FFmpeg.text(of: code) : isRegularFile ? "the file is empty" : "nothing comes out of this pipe")
        }
        context = opened
        pointer = context
    }

    /// Opens a video that a server has, and tries again where the network fails.
    private static func open(_ address: RemoteVideo) throws -> UnsafeMutablePointer<AVFormatContext> {
        var code: Int32 = 0
        for attempt in 0..<RemoteVideo.attempts {
            if attempt > 0 { usleep(RemoteVideo.pauseMicroseconds << UInt32(attempt - 1)) }
            var settings: OpaquePointer?
            for (name, value) in RemoteVideo.settings { av_dict_set(&settings, name, value, 0) }
            av_dict_set(&settings, "max_streams", mostStreams, 0)
            defer { av_dict_free(&settings) }
            var opened: UnsafeMutablePointer<AVFormatContext>?
            code = avformat_open_input(&opened, address.url, nil, &settings)
            if code >= 0, let opened { return opened }
            // Another try does not change what is no video, or not there.
            if RemoteVideo.isFinal(FFmpeg.text(of: code)) { break }
            if attempt == 0, address.hasUntrustedCertificate {
                throw FileError.unreadable(
                    path: address.url,
                    reason:
                        "the certificate of the server is not trusted; expected one of an authority that the system "
                        + "trusts, or one in the file that SSL_CERT_FILE names")
            }
        }
        throw FileError.unreadable(path: address.url, reason: FFmpeg.text(of: code))
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = pointer
        avformat_close_input(&context)
        if let input { ffCloseInput(input) }
    }

    var streams: [UnsafeMutablePointer<AVStream>] {
        UnsafeBufferPointer(start: pointer.pointee.streams, count: Int(pointer.pointee.nb_streams)).compactMap { $0 }
    }

    /// Completes what the header says of the streams, by decoding a little where it does not say enough.
    func findStreamInfo(path: String, options: DecoderOptions) throws {
        let count = Int(pointer.pointee.nb_streams)
        var settings = [OpaquePointer?](repeating: nil, count: max(count, 1))
        for index in 0..<count { av_dict_set(&settings[index], "max_pixels", "\(options.maximumPixels)", 0) }
        let found = avformat_find_stream_info(pointer, &settings)
        for index in 0..<count { av_dict_free(&settings[index]) }
        guard found >= 0 else { throw FileError.notAVideo(path, FFmpeg.text(of: found)) }
    }
}
