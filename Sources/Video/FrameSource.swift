internal import CFFmpeg
import Files

/// Owns the codec of a video and hands out its decoded frames.
final class FrameSource {
    let track: VideoTrack
    let codecName: String
    /// Packets and frames that were lost or damaged.
    var damagedCount: Int { damagedFrames + origin.lostCount }
    /// Why reading ended before the end of the file.
    var readingError: String? { reader.readingError }

    private let path: String
    private let options: DecoderOptions
    private let origin: any FrameOrigin
    private let codec: CodecPointer
    private let reader: PacketReader
    private let timeBase: AVRational
    private var damagedFrames = 0
    private var orientation: Orientation
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

    init(path: String, options: DecoderOptions) throws {
        try FFmpeg.load()
        var options = options
        let origin: any FrameOrigin =
            if let pictures = try PictureSequence(path: path, options: options) { pictures } else {
                try ContainerFile(path: path, options: options)
            }
        if !origin.track.isRepeatable { options = options.plain }
        self.path = path
        self.options = options
        self.origin = origin
        track = origin.track
        timeBase = track.timeBase
        orientation = track.orientation
        let parameters = origin.parameters
        codecName = FFmpeg.string(avcodec_get_name(parameters.pointee.codec_id))
        try Self.checkSize(
            width: Int(parameters.pointee.width), height: Int(parameters.pointee.height), path: path, options: options)
        guard let decoder = avcodec_find_decoder(parameters.pointee.codec_id) else {
            throw VideoError.unsupportedCodec(file: path, codec: codecName)
        }
        codec = try CodecPointer(path: path, decoder: decoder, parameters: parameters, options: options)
        codec.pointer.pointee.pkt_timebase = timeBase
        reader = PacketReader(
            path: path, origin: origin,
            contents: parameters.pointee.codec_id == AV_CODEC_ID_H264 ? H264Packets(parameters.pointee) : nil)
        waiting = try FramePointer(path: path)
        // Other codecs and interlaced pictures are not worth the care they would take.
        mayLeaveOut =
            options.leavesOutUnneeded && parameters.pointee.codec_id == AV_CODEC_ID_H264
            && parameters.pointee.field_order == AV_FIELD_PROGRESSIVE
        let opened = avcodec_open2(codec.pointer, decoder, nil)
        guard opened >= 0 else {
            throw FileError.notAVideo(path, "decoder '\(codecName)': \(FFmpeg.text(of: opened))")
        }
    }

    /// Whether what comes next must be decoded plainly, that is by one thread and without leaving anything out, to be sure of
    /// it: how damage spreads depends on the threads and on what was left out, and frames left out before a jump of the
    /// clock would be looked for after it.
    var needsPlainDecoding: Bool {
        let isPlain = options.threads == 1 && reader.isNeeded == nil
        return !isPlain && (damagedCount > 0 || (reader.isNeeded != nil && reader.hasJumped))
    }

    /// Lets frames be left out on which no wanted frame depends.
    ///
    /// - Parameter isNeeded: asked with the stored times at which a frame and the one after it appear.
    func decodeOnly(where isNeeded: @escaping (_ start: Double, _ end: Double) -> Bool) {
        guard mayLeaveOut else { return }
        reader.isNeeded = { [timeBase] in isNeeded(FFmpeg.seconds($0, timeBase), FFmpeg.seconds($1, timeBase)) }
    }

    /// The next frame, in the order they are shown.
    func receive(into frame: FramePointer) -> Received {
        if isWaiting {
            if let time = takeLeftOut(before: waiting) { return .leftOut(storedSeconds: time) }
            frame.take(from: waiting)
            isWaiting = false
            return .frame
        }
        guard decode(into: frame) else { return .end }
        guard !leftOut.isEmpty else { return .frame }
        leftOut.remove(Self.timestamp(of: frame.pointee))
        guard let time = takeLeftOut(before: frame) else { return .frame }
        waiting.take(from: frame)
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
                    damagedFrames += 1
                    continue
                }
                if frame.pointee.decode_error_flags != 0 { damagedFrames += 1 }
                noteOrientation(of: frame)
                hasBegun = true
                return true
            }
            if code == ffEndOfFile { return false }
            if code != ffTryAgain {
                damagedFrames += 1
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
        guard track.isSeekable, origin.seek(to: timestamp) else { return false }
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

    /// A stream may change its rotation at any key frame; the change also applies to the frames after it.
    private func noteOrientation(of frame: FramePointer) {
        if let matrix = ffFrameDisplayMatrix(frame.pointer) {
            orientation = Orientation(displayMatrix: matrix)
        } else if ffIsKeyFrame(frame.pointer) != 0 {
            orientation = track.orientation
        }
        frame.orientation = orientation
    }

    /// How long a frame says it is shown.
    func duration(of frame: AVFrame) -> Double? {
        let ticks = withUnsafePointer(to: frame) { ffFrameDuration($0) }
        guard ticks > 0 else { return nil }
        let seconds = FFmpeg.seconds(ticks, timeBase)
        return seconds <= track.longestHold ? seconds : nil
    }

    func checkSize(width: Int, height: Int) throws {
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
        if packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 { damagedFrames += 1 }
        let use = hasBegun ? plannedUse : .decode
        if use != .decode { leftOut.insert(packet.pointer.pointee.pts) }
        if use == .leaveOut { return }
        if mayLeaveOut { codec.pointer.pointee.skip_frame = use == .decode ? AVDISCARD_DEFAULT : AVDISCARD_NONREF }
        if avcodec_send_packet(codec.pointer, packet.pointer) < 0 { damagedFrames += 1 }
    }

    private static func checkSize(
        width: Int, height: Int, path: String, options: DecoderOptions
    ) throws {
        guard height > 0, width > 0 else { return }
        guard width <= options.maximumPixels / height else {
            throw VideoError.tooLarge(file: path, width: width, height: height, maximumPixels: options.maximumPixels)
        }
    }
}
