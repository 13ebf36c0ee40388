internal import CFFmpeg
import Files
import Foundation

/// How a video is written.
public struct WriterOptions: Hashable, Sendable {
    public enum Codec: String, Hashable, Sendable, CaseIterable {
        /// H.264 by x264; MPEG-4 part 2 where this FFmpeg has no x264.
        case h264
        case mpeg4
    }

    public var codec: Codec
    /// Constant rate factor of x264: 0 is lossless, 18 looks lossless, 23 is usual. MPEG-4 uses a quantiser near it.
    public var rateFactor: Int
    /// Preset of x264, from `ultrafast` to `veryslow`.
    public var preset: String
    /// Most frames from one key frame to the next.
    public var keyFrameInterval: Int
    /// Clockwise turn a player applies, written as metadata: a multiple of 90.
    public var rotationDegrees: Int

    public init(
        codec: Codec = .h264, rateFactor: Int = 18, preset: String = "veryfast", keyFrameInterval: Int = 48,
        rotationDegrees: Int = 0
    ) {
        self.codec = codec
        self.rateFactor = rateFactor
        self.preset = preset
        self.keyFrameInterval = keyFrameInterval
        self.rotationDegrees = rotationDegrees
    }
}

/// Encodes RGB frames into a video file of the kind its extension names (mp4, mkv, mov, avi, …).
///
/// The file appears under its name when ``finish()`` returns; until then it is a hidden file in the same folder, which is
/// removed when the writer is released unfinished. The same frames give the same bytes.
public final class VideoWriter {
    public let path: String
    public let width: Int
    public let height: Int
    public let frameRate: FrameRate
    /// Name of the encoder in use, such as `libx264`.
    public let encoderName: String

    /// The file that the path leads to, and the one beside it that is written until all is there.
    private let target: String
    private let temporary: TemporaryFile
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var scaler: OpaquePointer?
    private let stream: UnsafeMutablePointer<AVStream>
    private let frame: FramePointer
    private let packet: PacketPointer
    private var lastTimestamp: Int64 = -1
    /// The pixels of the frame under way. The colour conversion reads a few bytes past the end of its input, and rounds by
    /// what it finds there, so zeros follow.
    private var input: [UInt8]
    private static let inputPadding = 64
    private var isFinished = false

    /// Ticks of the codec's clock in one frame, so that frames may also be given at times in between.
    private let ticksPerFrame: Int

    /// Opens a file for writing.
    ///
    /// - Parameters:
    ///   - path: the file, replaced where it exists.
    ///   - width: in pixels, even.
    ///   - height: in pixels, even.
    ///   - frameRate: frames in a second.
    ///   - options: codec and quality.
    /// - Throws: `FileError`.
    public init(
        path: String, width: Int, height: Int, frameRate: FrameRate, options: WriterOptions = WriterOptions()
    ) throws {
        try FFmpeg.load()
        self.path = path
        self.width = width
        self.height = height
        self.frameRate = frameRate
        let name = URL(fileURLWithPath: path).pathExtension
        guard width > 0, height > 0, width % 2 == 0, height % 2 == 0, width <= 16_384, height <= 16_384 else {
            throw FileError.unwritable(
                path: path, reason: "\(width)x\(height) pixels: both sides must be even and at most 16384")
        }
        guard frameRate.numerator <= 1_000_000, frameRate.denominator <= 1_000_000 else {
            throw FileError.unwritable(path: path, reason: "a frame rate of \(frameRate) cannot be written")
        }
        frame = try FramePointer(path: path)
        packet = try PacketPointer(path: path)

        // The name of the target says which container is meant, not that of the temporary file.
        var container: UnsafeMutablePointer<AVFormatContext>?
        guard avformat_alloc_output_context2(&container, nil, nil, "file:" + path) >= 0, let kind = container else {
            throw FileError.unwritable(path: path, reason: "no container is known for '.\(name)'")
        }
        let layout = kind.pointee.oformat
        avformat_free_context(kind)
        guard case .file(let file) = try OutputTarget(path) else {
            throw FileError.unwritable(path: path, reason: "a video must be a file")
        }
        self.target = file
        temporary = try TemporaryFile(beside: file, for: path)
        container = nil
        guard avformat_alloc_output_context2(&container, layout, nil, "file:" + temporary.path) >= 0, let container
        else {
            temporary.discard()
            throw FileError.unwritable(path: path, reason: "out of memory")
        }
        guard let encoder = Self.encoder(for: options.codec), let context = avcodec_alloc_context3(encoder),
            let added = avformat_new_stream(container, encoder)
        else {
            avformat_free_context(container)
            temporary.discard()
            throw FileError.unwritable(path: path, reason: "this FFmpeg has neither an H.264 nor an MPEG-4 encoder")
        }
        format = container
        codec = context
        input = [UInt8](repeating: 0, count: width * height * 3 + Self.inputPadding)
        stream = added
        encoderName = FFmpeg.string(encoder.pointee.name)
        // MPEG-4 keeps 16 bits of clock a second, too few for fractions of frames, and AVI knows constant rates only.
        let isConstantRate = encoderName != "libx264" || name.lowercased() == "avi"
        ticksPerFrame = isConstantRate ? 1 : 1000
        do {
            try configure(context, encoder: encoder, options: options)
            try open(container, context: context, options: options)
        } catch {
            release()
            throw error
        }
    }

    deinit { release() }

    /// Adds a frame that is shown for one frame interval after the one before.
    ///
    /// - Throws: `FileError`.
    public func append(_ image: RGBImage) throws {
        let tick = Int64(ticksPerFrame)
        try encode(image, timestamp: lastTimestamp < 0 ? 0 : (lastTimestamp / tick + 1) * tick)
    }

    /// Adds a frame shown from `seconds` on, which must be later than the frame before; for variable frame rates.
    ///
    /// MPEG-4 video and AVI files keep whole frame intervals only: times are rounded to those.
    ///
    /// - Throws: `FileError`.
    public func append(_ image: RGBImage, at seconds: Double) throws {
        let ticks = seconds * frameRate.framesPerSecond * Double(ticksPerFrame)
        guard ticks.isFinite, ticks >= 0, ticks < 1e15, Int64(ticks.rounded()) > lastTimestamp else {
            throw FileError.unwritable(
                path: path, reason: "a frame at \(seconds) s does not follow the frame before it")
        }
        try encode(image, timestamp: Int64(ticks.rounded()))
    }

    /// Writes what is still in the encoder, closes the file and gives it its name.
    ///
    /// - Throws: `FileError`.
    public func finish() throws {
        precondition(!isFinished, "a writer can be finished once")
        guard lastTimestamp >= 0 else { throw FileError.unwritable(path: path, reason: "no frame was given") }
        try check(avcodec_send_frame(codec, nil), "encoding")
        try drain()
        try check(av_write_trailer(format), "closing")
        if let format { try check(avio_closep(&format.pointee.pb), "closing") }
        isFinished = true
        try temporary.replace(target, durable: false, for: path)
    }

    private static func encoder(for wanted: WriterOptions.Codec) -> UnsafePointer<AVCodec>? {
        let mpeg4 = avcodec_find_encoder(AV_CODEC_ID_MPEG4)
        let preferred = wanted == .h264 ? avcodec_find_encoder_by_name("libx264") ?? mpeg4 : mpeg4
        return preferred.map { UnsafePointer($0) }
    }

    private func configure(
        _ context: UnsafeMutablePointer<AVCodecContext>, encoder: UnsafePointer<AVCodec>, options: WriterOptions
    ) throws {
        let isX264 = encoderName == "libx264"
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.colorspace = AVCOL_SPC_SMPTE170M
        context.pointee.color_range = AVCOL_RANGE_MPEG
        context.pointee.gop_size = Int32(clamping: max(1, options.keyFrameInterval))
        // One thread, so that the bytes do not depend on the number of processors.
        context.pointee.thread_count = 1
        context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_BITEXACT))
        let rate = AVRational(num: Int32(clamping: frameRate.numerator), den: Int32(clamping: frameRate.denominator))
        context.pointee.framerate = rate
        context.pointee.time_base = AVRational(num: rate.den, den: Int32(clamping: Int(rate.num) * ticksPerFrame))
        if let flags = format?.pointee.oformat.pointee.flags, flags & AVFMT_GLOBALHEADER != 0 {
            context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_GLOBAL_HEADER))
        }
        if isX264 {
            try check(av_opt_set(context.pointee.priv_data, "preset", options.preset, 0), "preset '\(options.preset)'")
            av_opt_set(context.pointee.priv_data, "crf", "\(options.rateFactor)", 0)
            // The vector code with which x264 weighs blocks by how often later frames refer to them reads memory that it has not
            // written (seen in version 164): the bytes then depend on what lay there.
            av_opt_set(context.pointee.priv_data, "mbtree", "0", 0)
        } else {
            context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_QSCALE))
            context.pointee.global_quality = Int32(FF_QP2LAMBDA) * Int32(min(31, max(1, options.rateFactor / 6)))
        }
        try check(avcodec_open2(context, encoder, nil), "opening \(encoderName)")
    }

    private func open(
        _ container: UnsafeMutablePointer<AVFormatContext>, context: UnsafeMutablePointer<AVCodecContext>,
        options: WriterOptions
    ) throws {
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, context), "opening \(encoderName)")
        stream.pointee.time_base = context.pointee.time_base
        stream.pointee.avg_frame_rate = context.pointee.framerate
        let orientation = Orientation(clockwiseDegrees: options.rotationDegrees)
        if !orientation.isIdentity {
            guard let matrix = ffAddDisplayMatrix(stream) else {
                throw FileError.unwritable(path: path, reason: "out of memory")
            }
            orientation.write(to: matrix)
        }
        container.pointee.flags |= AVFMT_FLAG_BITEXACT
        try check(avio_open(&container.pointee.pb, "file:" + temporary.path, AVIO_FLAG_WRITE), "opening")
        var settings: OpaquePointer?
        // The index in front lets a player, and a reader of a cut file, begin at once.
        av_dict_set(&settings, "movflags", "+faststart", 0)
        defer { av_dict_free(&settings) }
        try check(avformat_write_header(container, &settings), "header")

        frame.pointer.pointee.format = AV_PIX_FMT_YUV420P.rawValue
        frame.pointer.pointee.width = Int32(width)
        frame.pointer.pointee.height = Int32(height)
        frame.pointer.pointee.colorspace = AVCOL_SPC_SMPTE170M
        try check(av_frame_get_buffer(frame.pointer, 0), "frame")
        scaler = sws_getContext(
            Int32(width), Int32(height), AV_PIX_FMT_RGB24, Int32(width), Int32(height), AV_PIX_FMT_YUV420P,
            SWS_BILINEAR | SWS_ACCURATE_RND, nil, nil, nil)
        guard scaler != nil else { throw FileError.unwritable(path: path, reason: "no colour conversion") }
    }

    private func encode(_ image: RGBImage, timestamp: Int64) throws {
        precondition(!isFinished, "a finished writer takes no frame")
        precondition(
            image.width == width && image.height == height,
            "a \(image.width)x\(image.height) frame for a \(width)x\(height) video")
        try check(av_frame_make_writable(frame.pointer), "frame")
        input.replaceSubrange(0..<image.pixels.count, with: image.pixels)
        let rows = input.withUnsafeBufferPointer {
            ffFill(scaler, $0.baseAddress, Int32(width * 3), Int32(height), frame.pointer)
        }
        guard rows == height else { throw FileError.unwritable(path: path, reason: "colour conversion failed") }
        frame.pointer.pointee.pts = timestamp
        lastTimestamp = timestamp
        try check(avcodec_send_frame(codec, frame.pointer), "encoding")
        try drain()
    }

    /// Moves finished packets into the file.
    private func drain() throws {
        guard let codec else { return }
        while true {
            let code = avcodec_receive_packet(codec, packet.pointer)
            if code == ffTryAgain || code == ffEndOfFile { return }
            try check(code, "encoding")
            // Without a length on the last packet, mp4 and its edit list would end one frame early.
            if packet.pointer.pointee.duration == 0 { packet.pointer.pointee.duration = Int64(ticksPerFrame) }
            av_packet_rescale_ts(packet.pointer, codec.pointee.time_base, stream.pointee.time_base)
            packet.pointer.pointee.stream_index = stream.pointee.index
            try check(av_interleaved_write_frame(format, packet.pointer), "writing")
        }
    }

    private func check(_ code: Int32, _ step: String) throws {
        guard code < 0 else { return }
        throw FileError.unwritable(path: path, reason: "\(step): \(FFmpeg.text(of: code))")
    }

    private func release() {
        avcodec_free_context(&codec)
        sws_freeContext(scaler)
        scaler = nil
        if let container = format {
            if container.pointee.pb != nil { avio_closep(&container.pointee.pb) }
            avformat_free_context(container)
            format = nil
        }
        if !isFinished { temporary.discard() }
    }
}
