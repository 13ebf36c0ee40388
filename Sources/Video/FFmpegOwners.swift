internal import CFFmpeg
import Files

/// Owns an `AVCodecContext` for decoding.
final class CodecPointer {
    let pointer: UnsafeMutablePointer<AVCodecContext>
    private static let mostPixelsForThreads = 4096 * 2304

    init(
        path: String, decoder: UnsafePointer<AVCodec>, parameters: UnsafePointer<AVCodecParameters>,
        options: DecoderOptions
    ) throws(FileError) {
        guard let context = avcodec_alloc_context3(decoder) else {
            throw .unreadable(path: path, reason: "out of memory")
        }
        pointer = context
        let code = avcodec_parameters_to_context(context, parameters)
        guard code >= 0 else { throw .unreadable(path: path, reason: FFmpeg.text(of: code)) }
        context.pointee.max_pixels = Int64(options.maximumPixels)
        // Each thread holds frames of its own, which for large ones takes more memory than the speed is worth.
        let pixels = Int(parameters.pointee.width) * Int(parameters.pointee.height)
        context.pointee.thread_count = pixels > Self.mostPixelsForThreads ? 1 : Int32(clamping: options.threads)
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&context)
    }
}

/// Owns an `AVPacket`.
final class PacketPointer {
    let pointer: UnsafeMutablePointer<AVPacket>

    init(path: String) throws(FileError) {
        guard let packet = av_packet_alloc() else { throw .unreadable(path: path, reason: "out of memory") }
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
    /// How the frame is turned for display.
    var orientation = Orientation(clockwiseDegrees: 0)
    var pointee: AVFrame { pointer.pointee }

    init(path: String) throws(FileError) {
        guard let frame = av_frame_alloc() else { throw .unreadable(path: path, reason: "out of memory") }
        pointer = frame
    }

    /// Takes over what another holds.
    func take(from other: FramePointer) {
        av_frame_unref(pointer)
        av_frame_move_ref(pointer, other.pointer)
        orientation = other.orientation
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&frame)
    }
}
