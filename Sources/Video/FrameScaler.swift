import CFFmpeg

/// Converts decoded frames to RGB of one shape. Keeps its tables and scratch memory from frame to frame.
///
/// Colours follow the matrix and range that the video declares, BT.601 and limited range where it is silent. A scaler
/// belongs to one thread at a time.
public final class FrameScaler {
    public let shape: FrameShape
    private var context: OpaquePointer?
    private var scratch: UnsafeMutablePointer<UInt8>?
    private var scratchCount = 0

    public init(shape: FrameShape) { self.shape = shape }

    deinit {
        sws_freeContext(context)
        scratch?.deallocate()
    }

    /// The current frame of a decoder, turned for display.
    func image(of decoder: VideoDecoder) throws(VideoError) -> RGBImage {
        let path = decoder.info.path
        let frame = decoder.frame.pointee
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.format)) else {
            throw .notConvertible(file: path, reason: "unknown pixel format")
        }
        let alignment = 1 << Int(max(description.pointee.log2_chroma_w, description.pointee.log2_chroma_h))
        let (wide, high) = (decoder.info.width, decoder.info.height)
        let plan = shape.plan(
            width: Int(frame.width), height: Int(frame.height), alignment: alignment,
            native: decoder.orientation.transposes ? (high, wide) : (wide, high))
        let rowBytes = (plan.targetWidth * 3 + 63) / 64 * 64
        let stored = reserve(rowBytes * plan.targetHeight)
        try scale(decoder.frame, plan: plan, to: stored, rowBytes: rowBytes, path: path)

        let orientation = decoder.orientation
        let (width, height) =
            orientation.transposes
            ? (plan.targetHeight, plan.targetWidth) : (plan.targetWidth, plan.targetHeight)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, count in
            if let start = target.baseAddress {
                orientation.copy(stored, rowBytes: rowBytes, width: width, height: height, to: start)
            }
            count = width * height * 3
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private func scale(
        _ frame: UnsafePointer<AVFrame>, plan: FrameShape.Plan, to target: UnsafeMutablePointer<UInt8>, rowBytes: Int,
        path: String
    ) throws(VideoError) {
        let part = try FramePointer(path: path)
        guard av_frame_ref(part.pointer, frame) >= 0 else { throw .notConvertible(file: path, reason: "out of memory") }
        part.pointer.pointee.crop_left = plan.left
        part.pointer.pointee.crop_top = plan.top
        part.pointer.pointee.crop_right = Int(frame.pointee.width) - plan.left - plan.width
        part.pointer.pointee.crop_bottom = Int(frame.pointee.height) - plan.top - plan.height
        let cropped = av_frame_apply_cropping(part.pointer, Int32(AV_FRAME_CROP_UNALIGNED))
        guard cropped >= 0 else { throw .notConvertible(file: path, reason: FFmpeg.text(of: cropped)) }

        let format = AVPixelFormat(rawValue: frame.pointee.format)
        context = sws_getCachedContext(
            context, Int32(plan.width), Int32(plan.height), format, Int32(plan.targetWidth), Int32(plan.targetHeight),
            AV_PIX_FMT_RGB24, shape.interpolation.flag, nil, nil, nil)
        guard let context else {
            throw .notConvertible(
                file: path, reason: "from \(FFmpeg.string(av_get_pix_fmt_name(format))) \(plan.width)x\(plan.height)")
        }
        let isFullRange =
            frame.pointee.color_range == AVCOL_RANGE_JPEG || Self.fullRangeFormats.contains(format.rawValue)
        ffSetColours(context, frame, isFullRange ? 1 : 0)
        guard ffScale(context, part.pointer, target, Int32(rowBytes)) == Int32(plan.targetHeight) else {
            throw .notConvertible(file: path, reason: "the scaler gave up")
        }
    }

    /// Formats that carry their range in their name.
    private static let fullRangeFormats: Set<Int32> = [
        AV_PIX_FMT_YUVJ420P.rawValue, AV_PIX_FMT_YUVJ422P.rawValue, AV_PIX_FMT_YUVJ444P.rawValue,
        AV_PIX_FMT_YUVJ440P.rawValue, AV_PIX_FMT_YUVJ411P.rawValue,
    ]

    /// Scratch memory with room for the scaler to write past the end of a row.
    private func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if let scratch, scratchCount >= count { return scratch }
        scratch?.deallocate()
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count + 64, alignment: 64)
        let fresh = raw.bindMemory(to: UInt8.self, capacity: count + 64)
        (scratch, scratchCount) = (fresh, count)
        return fresh
    }
}

extension FrameShape.Interpolation {
    var flag: Int32 {
        switch self {
        case .bilinear: return SWS_BILINEAR
        case .bicubic: return SWS_BICUBIC
        case .area: return SWS_AREA
        }
    }
}
