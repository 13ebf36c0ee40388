internal import CFFmpeg

/// What frames are like when they come to an encoder.
struct EncodedFormat {
    var pixels = AV_PIX_FMT_YUV420P
    var matrix = AVCOL_SPC_SMPTE170M
    var range = AVCOL_RANGE_MPEG
    var primaries = AVCOL_PRI_UNSPECIFIED
    var transfer = AVCOL_TRC_UNSPECIFIED
    /// The shape of a pixel; 0 where nothing is said.
    var pixelShape = AVRational(num: 0, den: 1)
    /// How a player turns the frames; nil leaves it to the options of the writer.
    var orientation: Orientation?

    /// Of RGB pictures.
    init() {}

    /// As near to decoded frames as an encoder takes.
    ///
    /// - Parameters:
    ///   - frame: one of them.
    ///   - orientation: how a player turns them.
    ///   - takesFullRange: whether the encoder knows the range of pixels of 0 to 255.
    init(_ frame: AVFrame, orientation: Orientation, takesFullRange: Bool) {
        self.orientation = orientation
        pixelShape = frame.sample_aspect_ratio
        let stored = AVPixelFormat(rawValue: frame.format)
        guard ffIsRGB(stored) == 0 else { return }
        matrix = frame.colorspace
        primaries = frame.color_primaries
        transfer = frame.color_trc
        let isFull = frame.color_range == AVCOL_RANGE_JPEG || stored == AV_PIX_FMT_YUVJ420P
        if isFull, takesFullRange, stored == AV_PIX_FMT_YUV420P || stored == AV_PIX_FMT_YUVJ420P {
            pixels = stored
            range = AVCOL_RANGE_JPEG
        } else {
            range = frame.color_range == AVCOL_RANGE_UNSPECIFIED && !isFull ? AVCOL_RANGE_UNSPECIFIED : AVCOL_RANGE_MPEG
        }
    }

    func write(to context: UnsafeMutablePointer<AVCodecContext>) {
        context.pointee.pix_fmt = pixels
        context.pointee.colorspace = matrix
        context.pointee.color_range = range
        context.pointee.color_primaries = primaries
        context.pointee.color_trc = transfer
        context.pointee.sample_aspect_ratio = pixelShape
    }
}

/// Brings decoded frames to what an encoder was opened for; those that are so already are passed on.
final class FrameConverter {
    private let format: EncodedFormat
    private let width: Int32
    private let height: Int32
    private let path: String
    private let result: FramePointer
    private var scaler: OpaquePointer?

    /// - Parameters:
    ///   - format: what the encoder takes.
    ///   - width: in pixels, even; frames with one column more lose it.
    ///   - height: in pixels, even; frames with one row more lose it.
    ///   - path: the file that errors name.
    /// - Throws: `FileError`.
    init(_ format: EncodedFormat, width: Int, height: Int, path: String) throws {
        self.format = format
        self.width = Int32(clamping: width)
        self.height = Int32(clamping: height)
        self.path = path
        result = try FramePointer(path: path)
    }

    deinit { sws_freeContext(scaler) }

    /// A frame for the encoder, valid until the next one is asked for.
    ///
    /// - Throws: ``VideoError/notConvertible(file:reason:)``.
    func convert(_ frame: UnsafePointer<AVFrame>) throws -> FramePointer {
        let target = result.pointer, source = frame.pointee
        av_frame_unref(target)
        let isFull =
            source.color_range == AVCOL_RANGE_JPEG || FrameScaler.fullRangeFormats.contains(source.format)
        let hasRange = isFull == (format.range == AVCOL_RANGE_JPEG)
        if source.format == format.pixels.rawValue, hasRange, source.width & ~1 == width, source.height & ~1 == height {
            guard av_frame_ref(target, frame) >= 0 else { throw failure("out of memory") }
            // The planes hold more than that where a side is odd.
            target.pointee.width = width
            target.pointee.height = height
            return result
        }
        target.pointee.format = format.pixels.rawValue
        target.pointee.width = width
        target.pointee.height = height
        target.pointee.colorspace = format.matrix
        target.pointee.color_range = format.range
        guard av_frame_get_buffer(target, 0) >= 0 else { throw failure("out of memory") }
        let stored = AVPixelFormat(rawValue: source.format)
        scaler = sws_getCachedContext(
            scaler, source.width, source.height, stored, width, height, format.pixels, SWS_BICUBIC | SWS_ACCURATE_RND,
            nil, nil, nil)
        guard let scaler, ffConvert(scaler, frame, isFull ? 1 : 0, target) == height else {
            throw failure("from \(FFmpeg.string(av_get_pix_fmt_name(stored))) \(source.width)x\(source.height)")
        }
        return result
    }

    private func failure(_ reason: String) -> VideoError { .notConvertible(file: path, reason: reason) }
}
