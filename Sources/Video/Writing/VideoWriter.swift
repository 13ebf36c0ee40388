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
    /// Threads of x264. Another number gives other bytes, and a video that looks the same; with one, the bytes do not depend on the
    /// number of processors.
    public var threads: Int

    public init(
        codec: Codec = .h264, rateFactor: Int = 18, preset: String = "veryfast", keyFrameInterval: Int = 48,
        rotationDegrees: Int = 0, threads: Int = 1
    ) {
        self.codec = codec
        self.rateFactor = rateFactor
        self.preset = preset
        self.keyFrameInterval = keyFrameInterval
        self.rotationDegrees = rotationDegrees
        self.threads = threads
    }
}

/// Encodes frames into a video file of the kind its extension names (mp4, mkv, mov, avi, …).
///
/// The file appears under its name when ``finish()`` returns; until then it is a hidden file in the same folder, which is
/// removed when the writer is released unfinished. The same frames and options give the same bytes.
public final class VideoWriter {
    public let path: String
    public let width: Int
    public let height: Int
    public let frameRate: FrameRate
    /// Name of the encoder in use, such as `libx264`.
    public let encoderName: String
    /// Codecs of sound that the container cannot hold, and that was left out.
    public private(set) var soundLeftOut: [String] = []

    private let container: ContainerWriter
    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var scaler: OpaquePointer?
    private let stream: UnsafeMutablePointer<AVStream>
    private let frame: FramePointer
    private let packet: PacketPointer
    private var sound: SoundCopier?
    private var lastTimestamp: Int64 = -1
    /// How long the last frame is shown, in ticks; one frame where nil.
    private var lastDuration: Int64?
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
    ///   - original: a video whose sound is copied, in step with its frames' times; no sound where nil.
    /// - Throws: `FileError`.
    public convenience init(
        path: String, width: Int, height: Int, frameRate: FrameRate, options: WriterOptions = WriterOptions(),
        soundOf original: VideoDecoder? = nil
    ) throws {
        let sound = try original.flatMap { original in
            try SoundSource(path: original.info.path, options: original.options)
                .map { ($0, original.storedSeconds(of: 0)..<Double.infinity) }
        }
        try self.init(
            path: path, width: width, height: height, frameRate: frameRate, options: options, format: EncodedFormat(),
            sound: sound)
    }

    /// - Parameters:
    ///   - path: the file, replaced where it exists.
    ///   - width: in pixels, even.
    ///   - height: in pixels, even.
    ///   - frameRate: frames in a second.
    ///   - options: codec and quality.
    ///   - format: what the frames are like.
    ///   - sound: a file and the stored seconds of it whose sound is copied; the first is second 0 of the new file.
    /// - Throws: `FileError`.
    init(
        path: String, width: Int, height: Int, frameRate: FrameRate, options: WriterOptions, format: EncodedFormat,
        sound: (source: SoundSource, seconds: Range<Double>)?
    ) throws {
        try FFmpeg.load()
        self.path = path
        self.width = width
        self.height = height
        self.frameRate = frameRate
        guard width > 0, height > 0, width % 2 == 0, height % 2 == 0, width <= 16_384, height <= 16_384 else {
            throw FileError.unwritable(
                path: path, reason: "\(width)x\(height) pixels: both sides must be even and at most 16384")
        }
        guard frameRate.numerator <= 1_000_000, frameRate.denominator <= 1_000_000 else {
            throw FileError.unwritable(path: path, reason: "a frame rate of \(frameRate) cannot be written")
        }
        frame = try FramePointer(path: path)
        packet = try PacketPointer(path: path)
        container = try ContainerWriter(path: path)
        guard let encoder = Self.encoder(for: options.codec), let context = avcodec_alloc_context3(encoder) else {
            throw FileError.unwritable(path: path, reason: "this FFmpeg has neither an H.264 nor an MPEG-4 encoder")
        }
        codec = context
        input = [UInt8](repeating: 0, count: width * height * 3 + Self.inputPadding)
        encoderName = FFmpeg.string(encoder.pointee.name)
        // MPEG-4 keeps 16 bits of clock a second, too few for fractions of frames, and AVI knows constant rates only.
        let isConstantRate =
            encoderName != "libx264" || URL(fileURLWithPath: path).pathExtension.lowercased() == "avi"
        ticksPerFrame = isConstantRate ? 1 : 1000
        do {
            stream = try container.addStream(encoder)
        } catch {
            avcodec_free_context(&codec)
            throw error
        }
        try configure(context, encoder: encoder, options: options, format: format)
        try open(context: context, options: options, format: format, sound: sound)
    }

    deinit {
        avcodec_free_context(&codec)
        sws_freeContext(scaler)
    }

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
        let ticks = ticks(seconds)
        guard ticks.isFinite, ticks >= 0, ticks < 1e15, Int64(ticks.rounded()) > lastTimestamp else {
            throw FileError.unwritable(
                path: path, reason: "a frame at \(seconds) s does not follow the frame before it")
        }
        try encode(image, timestamp: Int64(ticks.rounded()))
    }

    /// Adds a decoded frame as it is, of the format and size that this writer was opened for.
    ///
    /// - Parameters:
    ///   - source: belongs to the caller afterwards.
    ///   - seconds: when it is shown; where times are rounded to whole frames, the next one that is free.
    ///   - isHeld: whether it must be decoded after all frames before it.
    /// - Throws: `FileError`.
    func append(_ source: FramePointer, at seconds: Double, isHeld: Bool) throws {
        let ticks = min(1e15, max(0, ticks(seconds)))
        source.pointer.pointee.pts = max(lastTimestamp + 1, Int64(ticks.rounded()))
        source.pointer.pointee.pict_type = isHeld ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
        lastTimestamp = source.pointer.pointee.pts
        try check(avcodec_send_frame(codec, source.pointer), "encoding")
        try drain()
    }

    /// Writes what is still in the encoder, closes the file and gives it its name.
    ///
    /// - Throws: `FileError`.
    public func finish() throws { try finish(at: nil) }

    /// - Parameter seconds: when the last frame ends; after one frame interval where nil.
    /// - Throws: `FileError`.
    func finish(at seconds: Double?) throws {
        precondition(!isFinished, "a writer can be finished once")
        guard lastTimestamp >= 0 else { throw FileError.unwritable(path: path, reason: "no frame was given") }
        if let seconds { lastDuration = Int64(min(1e15, max(1, ticks(seconds).rounded() - Double(lastTimestamp)))) }
        try check(avcodec_send_frame(codec, nil), "encoding")
        try drain()
        try sound?.finish()
        isFinished = true
        try container.finish()
    }

    private func ticks(_ seconds: Double) -> Double { seconds * frameRate.framesPerSecond * Double(ticksPerFrame) }

    private static func encoder(for wanted: WriterOptions.Codec) -> UnsafePointer<AVCodec>? {
        let mpeg4 = avcodec_find_encoder(AV_CODEC_ID_MPEG4)
        let preferred = wanted == .h264 ? avcodec_find_encoder_by_name("libx264") ?? mpeg4 : mpeg4
        return preferred.map { UnsafePointer($0) }
    }

    private func configure(
        _ context: UnsafeMutablePointer<AVCodecContext>, encoder: UnsafePointer<AVCodec>, options: WriterOptions,
        format: EncodedFormat
    ) throws {
        let isX264 = encoderName == "libx264"
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        format.write(to: context)
        context.pointee.gop_size = Int32(clamping: max(1, options.keyFrameInterval))
        context.pointee.thread_count = isX264 ? Int32(clamping: max(1, options.threads)) : 1
        context.pointee.flags |= Int32(bitPattern: UInt32(AV_CODEC_FLAG_BITEXACT))
        let rate = AVRational(num: Int32(clamping: frameRate.numerator), den: Int32(clamping: frameRate.denominator))
        context.pointee.framerate = rate
        context.pointee.time_base = AVRational(num: rate.den, den: Int32(clamping: Int(rate.num) * ticksPerFrame))
        if container.wantsGlobalHeader {
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
        context: UnsafeMutablePointer<AVCodecContext>, options: WriterOptions, format: EncodedFormat,
        sound: (source: SoundSource, seconds: Range<Double>)?
    ) throws {
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, context), "opening \(encoderName)")
        stream.pointee.time_base = context.pointee.time_base
        stream.pointee.avg_frame_rate = context.pointee.framerate
        stream.pointee.sample_aspect_ratio = context.pointee.sample_aspect_ratio
        let orientation = format.orientation ?? Orientation(clockwiseDegrees: options.rotationDegrees)
        if !orientation.isIdentity {
            guard let matrix = ffAddDisplayMatrix(stream) else {
                throw FileError.unwritable(path: path, reason: "out of memory")
            }
            orientation.write(to: matrix)
        }
        if let sound {
            let copier = try SoundCopier(sound.source, sound.seconds, into: container)
            soundLeftOut = copier.leftOut
            self.sound = copier
        }
        try container.begin()

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

    /// Moves finished packets into the file, and the sound that comes before them.
    private func drain() throws {
        guard let codec else { return }
        while true {
            let code = avcodec_receive_packet(codec, packet.pointer)
            if code == ffTryAgain || code == ffEndOfFile { return }
            try check(code, "encoding")
            // Without a length on the last packet, mp4 and its edit list would end one frame early.
            if packet.pointer.pointee.duration == 0 { packet.pointer.pointee.duration = Int64(ticksPerFrame) }
            if let lastDuration, packet.pointer.pointee.pts == lastTimestamp {
                packet.pointer.pointee.duration = lastDuration
            }
            try sound?.write(before: FFmpeg.seconds(packet.pointer.pointee.dts, codec.pointee.time_base))
            try container.write(packet.pointer, to: stream, timeBase: codec.pointee.time_base)
        }
    }

    private func check(_ code: Int32, _ step: String) throws { try container.check(code, step) }
}
