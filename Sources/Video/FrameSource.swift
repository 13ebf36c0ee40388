internal import CFFmpeg

/// Owns the demuxer and the codec of a file and hands out its decoded frames.
final class FrameSource {
    let container: String
    let codecName: String
    let orientation: Orientation
    let averageFrameRate: FrameRate
    /// Length as declared; exact where the video stream itself says it.
    let declaredDuration: (seconds: Double, isExact: Bool)?
    let declaredFrameCount: Int?
    /// Stored time at which the video stream begins, by the header.
    let declaredStart: Double?
    /// Stored time at which sound begins, by the header.
    let earliestSound: Double?
    private(set) var damagedCount = 0
    /// Why reading ended before the end of the file.
    var readingError: String? { reader.readingError }

    private let path: String
    private let options: DecoderOptions
    private let format: FormatPointer
    private let codec: CodecPointer
    private let reader: PacketReader
    private let streamIndex: Int32
    private let timeBase: AVRational
    private var isDraining = false
    /// Whether a frame has come out since the beginning or the last seek. Until then it is for the codec to say which frames
    /// there are: some depend on what was not read.
    private var hasBegun = false
    private let mayLeaveOut: Bool
    /// Stored times of frames that the codec was told it may leave out, and that have not appeared.
    private var leftOut: Set<Int64> = []
    /// A frame that was decoded while such frames come before it.
    private let waiting: FramePointer
    private var isWaiting = false

    /// What comes next in a video.
    enum Received {
        case frame
        /// A frame that was not decoded.
        case leftOut(storedSeconds: Double)
        case end
    }

    /// Kinds of text that FFmpeg reads as video or as a list of further files to open.
    private static let refusedContainers: Set<String> = ["tty", "concat", "hls", "dash", "sdp", "lavfi"]

    init(path: String, options: DecoderOptions) throws(VideoError) {
        try FFmpeg.load()
        self.path = path
        self.options = options
        format = try FormatPointer(path: path)
        let kinds = FFmpeg.string(format.pointee.iformat?.pointee.name)
        container = kinds
        guard Self.refusedContainers.isDisjoint(with: kinds.split(separator: ",").map(String.init)) else {
            throw .unreadable(file: path, reason: "text, not video")
        }
        let found = avformat_find_stream_info(format.pointer, nil)
        guard found >= 0 else { throw .unreadable(file: path, reason: FFmpeg.text(of: found)) }

        let streams = UnsafeBufferPointer(start: format.pointee.streams, count: Int(format.pointee.nb_streams))
            .compactMap { $0 }
        let isPicture = { (stream: UnsafeMutablePointer<AVStream>) in
            stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
                && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        }
        guard let stream = streams.first(where: isPicture), let parameters = stream.pointee.codecpar else {
            throw .noVideoStream(file: path)
        }
        // Packets of other streams need not be kept.
        for other in streams where other != stream { other.pointee.discard = AVDISCARD_ALL }
        streamIndex = stream.pointee.index
        timeBase = stream.pointee.time_base
        codecName = FFmpeg.string(avcodec_get_name(parameters.pointee.codec_id))
        try Self.checkSize(
            width: Int(parameters.pointee.width), height: Int(parameters.pointee.height), path: path, options: options)
        guard let decoder = avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw .unsupportedCodec(file: path, codec: codecName)
        }
        codec = try CodecPointer(path: path, decoder: decoder, parameters: parameters, options: options)
        codec.pointer.pointee.pkt_timebase = timeBase
        reader = PacketReader(
            path: path, format: format.pointer, streamIndex: streamIndex,
            contents: parameters.pointee.codec_id == AV_CODEC_ID_H264 ? H264Packets(parameters.pointee) : nil)
        waiting = try FramePointer(path: path)
        // Other codecs and interlaced pictures are not worth the care they would take.
        mayLeaveOut =
            options.leavesOutUnneeded && parameters.pointee.codec_id == AV_CODEC_ID_H264
            && parameters.pointee.field_order == AV_FIELD_PROGRESSIVE
        let opened = avcodec_open2(codec.pointer, decoder, nil)
        guard opened >= 0 else {
            throw .unreadable(file: path, reason: "decoder '\(codecName)': \(FFmpeg.text(of: opened))")
        }

        orientation =
            ffDisplayMatrix(stream).map { Orientation(displayMatrix: $0) } ?? Orientation(clockwiseDegrees: 0)
        averageFrameRate =
            FFmpeg.frameRate(stream.pointee.avg_frame_rate) ?? FFmpeg.frameRate(stream.pointee.r_frame_rate)
            ?? FrameRate(25)
        declaredFrameCount = stream.pointee.nb_frames > 0 ? Int(stream.pointee.nb_frames) : nil
        if stream.pointee.duration > 0 {
            declaredDuration = (FFmpeg.seconds(stream.pointee.duration, timeBase), true)
        } else if format.pointee.duration > 0 {
            declaredDuration = (Double(format.pointee.duration) / Double(AV_TIME_BASE), false)
        } else {
            declaredDuration = nil
        }
        declaredStart = Self.start(of: stream)
        earliestSound =
            streams.filter { $0.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO }
            .compactMap(Self.start).min()
    }

    /// Lets frames be left out on which no wanted frame depends.
    ///
    /// - Parameter isNeeded: asked with the stored times at which a frame and the one after it appear.
    func decodeOnly(where isNeeded: @escaping (_ start: Double, _ end: Double) -> Bool) {
        guard mayLeaveOut else { return }
        reader.isNeeded = { [timeBase] in isNeeded(FFmpeg.seconds($0, timeBase), FFmpeg.seconds($1, timeBase)) }
    }

    /// Decodes every frame from here on.
    func decodeAll() { reader.isNeeded = nil }

    /// The next frame, in the order they are shown.
    func receive(into frame: FramePointer) -> Received {
        if isWaiting {
            if let time = takeLeftOut(before: waiting) { return .leftOut(storedSeconds: time) }
            av_frame_unref(frame.pointer)
            av_frame_move_ref(frame.pointer, waiting.pointer)
            isWaiting = false
            return .frame
        }
        guard decode(into: frame) else { return .end }
        guard !leftOut.isEmpty else { return .frame }
        leftOut.remove(Self.timestamp(of: frame.pointee))
        guard let time = takeLeftOut(before: frame) else { return .frame }
        av_frame_unref(waiting.pointer)
        av_frame_move_ref(waiting.pointer, frame.pointer)
        isWaiting = true
        return .leftOut(storedSeconds: time)
    }

    /// The first of the frames left out that come before a frame.
    private func takeLeftOut(before frame: FramePointer) -> Double? {
        let limit = Self.timestamp(of: frame.pointee)
        guard let first = leftOut.min(), first < limit else { return nil }
        leftOut.remove(first)
        return FFmpeg.seconds(first, timeBase)
    }

    private static func timestamp(of frame: AVFrame) -> Int64 {
        frame.best_effort_timestamp != ffNoTimestamp ? frame.best_effort_timestamp : frame.pts
    }

    /// - Returns: false at the end.
    private func decode(into frame: FramePointer) -> Bool {
        while true {
            let code = avcodec_receive_frame(codec.pointer, frame.pointer)
            if code == 0 {
                let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
                guard width > 0, height > 0, width <= options.maximumPixels / height else {
                    damagedCount += 1
                    continue
                }
                if frame.pointee.decode_error_flags != 0 { damagedCount += 1 }
                hasBegun = true
                return true
            }
            if code == ffEndOfFile { return false }
            if code != ffTryAgain {
                damagedCount += 1
                // A decoder that fails again and again while it is emptied would never say that it is done.
                if isDraining { return false }
            }
            feed()
        }
    }

    /// Moves to the key frame at or before a stored time.
    func seek(to storedSeconds: Double) -> Bool {
        let target = storedSeconds * Double(timeBase.den) / Double(timeBase.num)
        guard target.isFinite, abs(target) < 1e18 else { return false }
        let timestamp = Int64(target.rounded(.down))
        guard avformat_seek_file(format.pointer, streamIndex, .min, timestamp, timestamp, 0) >= 0 else { return false }
        avcodec_flush_buffers(codec.pointer)
        reader.restart()
        leftOut = []
        isWaiting = false
        isDraining = false
        hasBegun = false
        return true
    }

    /// The stored presentation time of a frame, where it is known.
    func seconds(of frame: AVFrame) -> Double? {
        let timestamp = Self.timestamp(of: frame)
        return timestamp == ffNoTimestamp ? nil : FFmpeg.seconds(timestamp, timeBase)
    }

    /// How long a frame says it is shown.
    func duration(of frame: AVFrame) -> Double? {
        let ticks = withUnsafePointer(to: frame) { ffFrameDuration($0) }
        guard ticks > 0 else { return nil }
        let seconds = FFmpeg.seconds(ticks, timeBase)
        return seconds <= PresentationClock.longestHold ? seconds : nil
    }

    func checkSize(width: Int, height: Int) throws(VideoError) {
        try Self.checkSize(width: width, height: height, path: path, options: options)
    }

    /// Reads one packet of the stream and gives it to the decoder, or tells the decoder that there are no more.
    private func feed() {
        guard let (packet, plannedUse) = reader.next() else {
            isDraining = true
            avcodec_send_packet(codec.pointer, nil)
            return
        }
        defer { reader.recycle(packet) }
        if packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 { damagedCount += 1 }
        let use = hasBegun ? plannedUse : .decode
        if use != .decode { leftOut.insert(packet.pointer.pointee.pts) }
        if use == .leaveOut { return }
        if mayLeaveOut { codec.pointer.pointee.skip_frame = use == .decode ? AVDISCARD_DEFAULT : AVDISCARD_NONREF }
        if avcodec_send_packet(codec.pointer, packet.pointer) < 0 { damagedCount += 1 }
    }

    private static func start(of stream: UnsafeMutablePointer<AVStream>) -> Double? {
        let start = stream.pointee.start_time
        return start == ffNoTimestamp ? nil : FFmpeg.seconds(start, stream.pointee.time_base)
    }

    private static func checkSize(
        width: Int, height: Int, path: String, options: DecoderOptions
    ) throws(VideoError) {
        guard height > 0, width > 0 else { return }
        guard width <= options.maximumPixels / height else {
            throw .tooLarge(file: path, width: width, height: height, maximumPixels: options.maximumPixels)
        }
    }
}
