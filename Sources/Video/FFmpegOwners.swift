internal import CFFmpeg
import Foundation

/// Owns an `AVFormatContext` opened for reading.
final class FormatPointer {
    let pointer: UnsafeMutablePointer<AVFormatContext>
    var pointee: AVFormatContext { pointer.pointee }

    init(path: String) throws(VideoError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(file: path) }
        guard !isFolder.boolValue else { throw .unreadable(file: path, reason: "a folder") }
        guard !path.utf8.contains(0) else { throw .missing(file: path) }
        var context: UnsafeMutablePointer<AVFormatContext>?
        // Names with a colon are files too, and nothing a file says may open a network connection.
        var settings: OpaquePointer?
        av_dict_set(&settings, "protocol_whitelist", "file", 0)
        defer { av_dict_free(&settings) }
        let code = avformat_open_input(&context, "file:" + path, nil, &settings)
        guard code >= 0, let context else { throw .unreadable(file: path, reason: FFmpeg.text(of: code)) }
        pointer = context
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = pointer
        avformat_close_input(&context)
    }
}

/// Owns an `AVCodecContext` for decoding.
final class CodecPointer {
    let pointer: UnsafeMutablePointer<AVCodecContext>

    init(
        path: String, decoder: UnsafePointer<AVCodec>, parameters: UnsafePointer<AVCodecParameters>,
        options: DecoderOptions
    ) throws(VideoError) {
        guard let context = avcodec_alloc_context3(decoder) else {
            throw .unreadable(file: path, reason: "out of memory")
        }
        pointer = context
        let code = avcodec_parameters_to_context(context, parameters)
        guard code >= 0 else { throw .unreadable(file: path, reason: FFmpeg.text(of: code)) }
        context.pointee.max_pixels = Int64(options.maximumPixels)
        context.pointee.thread_count = Int32(clamping: options.threads)
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&context)
    }
}

/// Owns an `AVPacket`.
final class PacketPointer {
    let pointer: UnsafeMutablePointer<AVPacket>

    init(path: String) throws(VideoError) {
        guard let packet = av_packet_alloc() else { throw .unreadable(file: path, reason: "out of memory") }
        pointer = packet
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&packet)
    }
}

/// Owns an `AVFrame`.
final class FramePointer {
    let pointer: UnsafeMutablePointer<AVFrame>
    var pointee: AVFrame { pointer.pointee }

    init(path: String) throws(VideoError) {
        guard let frame = av_frame_alloc() else { throw .unreadable(file: path, reason: "out of memory") }
        pointer = frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&frame)
    }
}
