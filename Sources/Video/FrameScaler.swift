internal import CFFmpeg
internal import CKernels

/// Converts decoded frames to RGB of one shape. Keeps its tables and scratch memory from frame to frame.
///
/// Colours follow the matrix and range that the video declares, BT.601 and limited range where it is silent. A scaler
/// belongs to one thread at a time.
public final class FrameScaler {
    public let shape: FrameShape
    private var context: OpaquePointer?
    private let scratch = ScalerMemory()
    private let planes = ScalerMemory()

    public init(shape: FrameShape) { self.shape = shape }

    deinit { sws_freeContext(context) }

    /// The current frame of a decoder, turned for display.
    func image(of decoder: VideoDecoder) throws -> RGBImage {
        let path = decoder.info.path
        let frame = decoder.frame.pointee
        guard let description = av_pix_fmt_desc_get(AVPixelFormat(rawValue: frame.format)) else {
            throw VideoError.notConvertible(file: path, reason: "unknown pixel format")
        }
        let alignment = 1 << Int(max(description.pointee.log2_chroma_w, description.pointee.log2_chroma_h))
        let (wide, high) = (decoder.info.width, decoder.info.height)
        let plan = shape.plan(
            width: Int(frame.width), height: Int(frame.height), alignment: alignment,
            native: decoder.orientation.transposes ? (high, wide) : (wide, high))
        let rowBytes = (plan.targetWidth * 3 + 63) / 64 * 64
        let stored = scratch.reserve(rowBytes * plan.targetHeight)
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
    ) throws {
        let part = try FramePointer(path: path)
        guard av_frame_ref(part.pointer, frame) >= 0 else {
            throw VideoError.notConvertible(file: path, reason: "out of memory")
        }
        part.pointer.pointee.crop_left = plan.left
        part.pointer.pointee.crop_top = plan.top
        part.pointer.pointee.crop_right = Int(frame.pointee.width) - plan.left - plan.width
        part.pointer.pointee.crop_bottom = Int(frame.pointee.height) - plan.top - plan.height
        let cropped = av_frame_apply_cropping(part.pointer, Int32(AV_FRAME_CROP_UNALIGNED))
        guard cropped >= 0 else { throw VideoError.notConvertible(file: path, reason: FFmpeg.text(of: cropped)) }

        let isFullRange =
            frame.pointee.color_range == AVCOL_RANGE_JPEG || Self.fullRangeFormats.contains(frame.pointee.format)
        let isScaled = plan.width != plan.targetWidth || plan.height != plan.targetHeight
        if isScaled, Self.planarFormats.contains(frame.pointee.format) {
            try scalePlanes(
                part.pointer, plan: plan, matrix: Self.matrix(of: frame, isFullRange: isFullRange), to: target,
                rowBytes: rowBytes, path: path)
            return
        }
        let format = AVPixelFormat(rawValue: frame.pointee.format)
        let context = try makeContext(from: format, to: AV_PIX_FMT_RGB24, plan: plan, path: path)
        ffSetColours(context, frame, isFullRange ? 1 : 0)
        guard ffScale(context, part.pointer, target, Int32(rowBytes)) == Int32(plan.targetHeight) else {
            throw VideoError.notConvertible(file: path, reason: "the scaler gave up")
        }
    }

    private func makeContext(
        from format: AVPixelFormat, to target: AVPixelFormat, plan: FrameShape.Plan, path: String
    ) throws -> OpaquePointer {
        context = sws_getCachedContext(
            context, Int32(plan.width), Int32(plan.height), format, Int32(plan.targetWidth), Int32(plan.targetHeight),
            target, shape.interpolation.flag, nil, nil, nil)
        guard let context else {
            throw VideoError.notConvertible(
                file: path, reason: "from \(FFmpeg.string(av_get_pix_fmt_name(format))) \(plan.width)x\(plan.height)")
        }
        return context
    }

    /// Scales the planes as they are and converts the small picture, which takes a third of the time of doing both at once.
    private func scalePlanes(
        _ frame: UnsafePointer<AVFrame>, plan: FrameShape.Plan, matrix: tal_colour_matrix,
        to target: UnsafeMutablePointer<UInt8>, rowBytes: Int, path: String
    ) throws {
        // Both formats are given the same range, so that the scaler leaves values where they are.
        let context = try makeContext(from: AV_PIX_FMT_YUV420P, to: AV_PIX_FMT_YUV422P, plan: plan, path: path)
        let stride = (plan.targetWidth + 63) / 64 * 64
        let (y, u) = (planes.reserve(3 * stride * plan.targetHeight), stride * plan.targetHeight)
        let v = 2 * u
        guard
            ffScalePlanes(context, frame, y, Int32(stride), y + u, y + v, Int32(stride)) == Int32(plan.targetHeight)
        else { throw VideoError.notConvertible(file: path, reason: "the scaler gave up") }
        for row in 0..<plan.targetHeight {
            let place = row * stride
            tal_rgb_row(target + row * rowBytes, y + place, y + u + place, y + v + place, plan.targetWidth, matrix)
        }
    }

    /// The factors for the matrix that a frame declares, BT.601 where it is silent.
    private static func matrix(of frame: UnsafePointer<AVFrame>, isFullRange: Bool) -> tal_colour_matrix {
        guard let factors = sws_getCoefficients(Int32(frame.pointee.colorspace.rawValue)) else {
            preconditionFailure("every number of a colour space has factors")
        }
        // They are meant for limited range, where colour takes 224 and brightness 219 of the 256 values.
        func scaled(_ factor: Int32) -> Int32 {
            isFullRange ? Int32((Double(factor) * 224 / 255).rounded()) : factor
        }
        return tal_colour_matrix(
            black: isFullRange ? 0 : 16, y: isFullRange ? 1 << 16 : Int32((65536.0 * 255 / 219).rounded()),
            v_to_red: scaled(factors[0]), u_to_green: scaled(factors[2]), v_to_green: scaled(factors[3]),
            u_to_blue: scaled(factors[1]))
    }

    /// Formats of 8 bits whose colour planes have half the resolution in both directions.
    private static let planarFormats: Set<Int32> = [AV_PIX_FMT_YUV420P.rawValue, AV_PIX_FMT_YUVJ420P.rawValue]

    /// Formats that carry their range in their name.
    static let fullRangeFormats: Set<Int32> = [
        AV_PIX_FMT_YUVJ420P.rawValue, AV_PIX_FMT_YUVJ422P.rawValue, AV_PIX_FMT_YUVJ444P.rawValue,
        AV_PIX_FMT_YUVJ440P.rawValue, AV_PIX_FMT_YUVJ411P.rawValue,
    ]
}

/// Memory that grows as needed, with room for the scaler to write past the end of a row.
private final class ScalerMemory {
    private var start: UnsafeMutablePointer<UInt8>?
    private var capacity = 0

    deinit { start?.deallocate() }

    /// Memory for `count` bytes; what it held before is lost.
    func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if let start, capacity >= count { return start }
        start?.deallocate()
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count + 64, alignment: 64)
        let fresh = raw.bindMemory(to: UInt8.self, capacity: count + 64)
        (start, capacity) = (fresh, count)
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
