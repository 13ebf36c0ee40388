internal import CFFmpeg
import Files
import Foundation

/// Cuts parts out of a video file.
///
/// **Exactness.** A part has the frames that are shown from its start up to its end; borders go to the nearest frame, so that
/// parts that touch share no frame and lose none. Where packets can be copied exactly, they are: the part begins at a frame from
/// which decoding can begin, no frame needs a packet behind the end, and the new container holds the codec. Otherwise the frames
/// are decoded and encoded anew, with their times, colours and turn. Sound is copied where the new container holds it.
///
/// **Order.** Parts may be cut in any order; in the order of time they are found faster.
///
/// A cutter belongs to one thread at a time.
public final class VideoCutter {
    /// What was cut.
    public struct Clip: Hashable, Sendable {
        /// Whether packets were copied, and nothing was encoded anew.
        public var isCopy: Bool
        public var frameCount: Int
        /// Codecs of sound that the new container does not hold, and that was left out.
        public var soundLeftOut: [String] = []
        /// Whether sound was left out because the times of the video jump.
        public var lostSound = false
    }

    /// What the header says of the video.
    public let info: VideoInfo

    private let decoder: VideoDecoder
    private let options: WriterOptions
    private let maySound: Bool
    private let nominalGap: Double
    /// When the video ends, where that is known.
    private let end: Double?
    /// For packets of the video; nil where they cannot be copied.
    private lazy var pictures: ContainerFile? = try? ContainerFile(path: info.path, options: decoder.options)
    private lazy var sound: SoundSource? = try? SoundSource(path: info.path, options: decoder.options)

    /// How far behind the end of the video a part may end; it then ends with the video. Lengths are often rounded.
    public static let tolerance = 0.5

    /// Opens a video.
    ///
    /// - Parameters:
    ///   - path: a file, or a folder of pictures.
    ///   - decoding: how it is opened.
    ///   - options: how frames are encoded where they must be.
    ///   - hasSound: whether clips get the sound of the video.
    /// - Throws: ``VideoError`` or `FileError`.
    public init(
        path: String, decoding: DecoderOptions = DecoderOptions(), options: WriterOptions = WriterOptions(),
        hasSound: Bool = true
    ) throws {
        decoder = try VideoDecoder(path: path, options: decoding)
        guard decoder.track.isRepeatable else {
            throw FileError.unreadable(path: path, reason: "a pipe can be read only once; parts are cut out of files")
        }
        info = decoder.info
        self.options = options
        maySound = hasSound
        nominalGap = 1 / info.averageFrameRate.framesPerSecond
        let start = decoder.timing.start
        // Where the clock may begin anew, the header knows only one of its runs.
        end = decoder.track.mayRestart ? nil : info.durationSeconds.map { start + $0 }
    }

    /// Cuts a part into a file of its own.
    ///
    /// - Parameters:
    ///   - start: in seconds, as ``VideoDecoder`` counts them; what lies before the video is left out.
    ///   - end: in seconds, after the start; at most ``tolerance`` behind the end of the video.
    ///   - target: the file, replaced where it exists; its extension says which container it becomes.
    /// - Throws: ``VideoError/beyondEnd(file:seconds:durationSeconds:)`` for times behind the end, ``VideoError`` or `FileError`.
    public func cut(from start: Double, to end: Double, into target: String) throws -> Clip {
        guard start.isFinite, end.isFinite, end > start, end > 0 else {
            throw VideoError.noPart(file: info.path, start: start, end: end)
        }
        let start = max(0, start)
        if let last = self.end {
            guard start < last, end <= last + Self.tolerance else {
                throw VideoError.beyondEnd(
                    file: info.path, seconds: start < last ? end : start, durationSeconds: last)
            }
        }
        if let clip = try copy(from: start, to: end, into: target) { return clip }
        return try encode(from: start, to: end, into: target)
    }

    // MARK: - Copying

    private func copy(from start: Double, to end: Double, into target: String) throws -> Clip? {
        guard decoder.isSeekable, let pictures, !decoder.hasRepairedTimes else { return nil }
        let origin = decoder.storedSeconds(of: 0)
        let survey = CutSurvey(file: pictures, nominalGap: nominalGap)
        guard let plan = try survey.plan(from: start + origin, to: end + origin, path: info.path) else { return nil }
        let output = try ContainerWriter(path: target)
        guard let stream = try output.addStream(like: pictures.stream), pictures.seek(to: plan.soughtTime) else {
            return nil
        }
        let timeBase = pictures.track.timeBase
        let first = FFmpeg.seconds(plan.firstTime, timeBase)
        let copier = try maySound ? sound.map { try SoundCopier($0, first..<(end + origin), into: output) } : nil
        try output.begin()
        let packet = try PacketPointer(path: target)
        for index in 0..<plan.packetCount {
            guard pictures.read(into: packet.pointer) >= 0 else {
                throw FileError.unreadable(path: info.path, reason: "it changed while it was read")
            }
            let time = packet.pointer.pointee.pts
            // Frames before the first one need packets before it.
            guard time >= plan.firstTime else {
                av_packet_unref(packet.pointer)
                continue
            }
            if let times = plan.decodingTimes { packet.pointer.pointee.dts = times[index] }
            if time == plan.lastTime { packet.pointer.pointee.duration = plan.endTime - time }
            packet.pointer.pointee.pts -= plan.firstTime
            packet.pointer.pointee.dts -= plan.firstTime
            try copier?.write(before: FFmpeg.seconds(packet.pointer.pointee.dts, timeBase))
            try output.write(packet.pointer, to: stream, timeBase: timeBase)
        }
        try copier?.finish()
        try output.finish()
        return Clip(isCopy: true, frameCount: plan.frameCount, soundLeftOut: copier?.leftOut ?? [])
    }

    // MARK: - Encoding anew

    private func encode(from start: Double, to end: Double, into target: String) throws -> Clip {
        decoder.seek(to: start)
        let border = FrameBorder(nominalGap: nominalGap)
        if decoder.timing.start.isFinite,
            border.leavesOut(decoder.timing.start..<max(decoder.timing.start, decoder.timing.end), beginningAt: start)
        {
            _ = decoder.advance()
        }
        let timing = decoder.timing
        guard timing.start.isFinite else { throw info.missingClip(from: start) }
        guard timing.end > start else {
            throw VideoError.beyondEnd(file: info.path, seconds: start, durationSeconds: timing.end)
        }
        guard timing.start < end else { throw VideoError.noPart(file: info.path, start: start, end: end) }
        // A frame that was on the screen long before is shown from the border on.
        let zero = start - timing.start > border.reach ? start : timing.start
        let format = EncodedFormat(
            decoder.frame.pointee, orientation: decoder.orientation,
            takesFullRange: options.codec == .h264 && FFmpegBuild.writesH264)
        let (width, height) = (Int(decoder.frame.pointee.width) & ~1, Int(decoder.frame.pointee.height) & ~1)
        guard width > 0, height > 0 else {
            throw VideoError.notConvertible(file: info.path, reason: "a side of one pixel cannot be encoded")
        }
        let origin = decoder.storedSeconds(of: 0)
        let copied = maySound && !decoder.hasRepairedTimes ? sound : nil
        let writer = try VideoWriter(
            path: target, width: width, height: height, frameRate: info.averageFrameRate.writable, options: options,
            format: format,
            sound: copied.map { ($0, (zero + origin)..<(end + origin)) })
        let converter = try FrameConverter(format, width: width, height: height, path: info.path)
        var count = 0, lastEnd = zero
        repeat {
            let (from, to) = (decoder.timing.start, decoder.timing.end)
            guard count == 0 || border.takes(from, until: to, endingAt: end) else { break }
            lastEnd = to - end > border.reach ? end : to
            // The last one is decoded last, so that its length is that of the file.
            let isHeld = lastEnd - max(from, zero) > 1.5 * nominalGap && to > end - border.reach
            try writer.append(converter.convert(decoder.frame), at: from - zero, isHeld: isHeld)
            count += 1
        } while decoder.advance()
        guard lastEnd >= end - Self.tolerance else {
            throw VideoError.beyondEnd(file: info.path, seconds: end, durationSeconds: lastEnd)
        }
        try writer.finish(at: lastEnd - zero)
        return Clip(
            isCopy: false, frameCount: count, soundLeftOut: writer.soundLeftOut,
            lostSound: maySound && copied == nil && sound != nil)
    }
}
