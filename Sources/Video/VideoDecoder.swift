internal import CFFmpeg
import Foundation
import Threads

/// How a file is opened.
public struct DecoderOptions: Hashable, Sendable {
    /// Frames of more pixels are refused before any memory is taken for them.
    public var maximumPixels: Int
    /// Threads the codec may use; 0 lets it take every processor.
    public var threads: Int
    /// Whether a ``ClipSampler`` may leave frames undecoded that it does not take and on which no frame depends that it takes. The
    /// clips are the same either way.
    public var leavesOutUnneeded: Bool
    /// How many pictures make a second, where the input is a folder of pictures.
    public var pictureRate: FrameRate?
    /// A ``ClipSampler`` gives up on a video that is longer, since a small damaged file can claim any length.
    public var maximumSeconds: Double
    /// A file that is still being written is read from front to back as it grows, and has ended when it has not grown for so long;
    /// 0 for a file that is complete.
    public var patienceSeconds: Double

    /// The threads that a codec takes if there is no other work: one more than processors, since a thread of the codec
    /// waits while its frame is scaled.
    public static var fastestThreads: Int { Parallel.threads == 1 ? 1 : min(5, Parallel.threads + 1) }

    public init(
        maximumPixels: Int = 8192 * 4352, threads: Int = 1, leavesOutUnneeded: Bool = true,
        pictureRate: FrameRate? = nil, maximumSeconds: Double = 100 * 3600, patienceSeconds: Double = 0
    ) {
        self.maximumPixels = maximumPixels
        self.threads = threads
        self.leavesOutUnneeded = leavesOutUnneeded
        self.pictureRate = pictureRate
        self.maximumSeconds = maximumSeconds
        self.patienceSeconds = patienceSeconds
    }

    /// The same, by one thread and with every frame decoded.
    var plain: DecoderOptions {
        var options = self
        options.threads = 1
        options.leavesOutUnneeded = false
        return options
    }
}

/// Decodes the frames of a video file one after the other, in the order they are shown.
///
/// **Which stream.** The first video stream that is no cover picture.
///
/// **Time.** Frames carry their presentation time in seconds. Second 0 is where a player begins: the first frame shown,
/// or the first sound where the file has sound that begins earlier. Edit lists are applied, so frames cut away by one
/// are not seen. Times rise strictly; jumps back, and jumps ahead of more than ten minutes (ten seconds in transport and
/// program streams), are closed up and reported in ``warnings``.
///
/// **Damage.** What can be decoded is used; ``warnings`` says what was lost. How a codec conceals damage depends on the
/// number of its threads, so from the first damage on one thread decodes, and frames are the same for any number.
///
/// **Pictures.** The path may also be a folder of pictures, or a pattern such as `FOLDER/img_%05d.jpg`; see
/// ``DecoderOptions/pictureRate``.
///
/// A decoder belongs to one thread at a time.
public final class VideoDecoder {
    /// What the header says.
    public let info: VideoInfo
    /// The frame at which the decoder stands; it stays valid after the last ``advance()``.
    public private(set) var timing: FrameTiming
    /// Frames passed so far, the current one included.
    public private(set) var decodedFrameCount = 1

    let options: DecoderOptions
    private var source: FrameSource
    private let nominalGap: Double
    /// Whether stored times tell where a frame is. They do not in files whose first frames have none, since the times of all
    /// others then follow from the number of those.
    let isSeekable: Bool
    /// Where decoding began: the start of the video, or the time of the last seek.
    private var soughtSeconds: Double?
    /// Why the video could not be opened a second time.
    private(set) var failure: (any Error)?
    private var current: FramePointer
    private var upcoming: FramePointer
    private var upcomingStart: Double?
    private var upcomingIsLeftOut = false
    /// Whether the frame at which the decoder stands was not decoded.
    private(set) var isLeftOut = false
    private var upcomingDuration = 0.0
    private var clock: PresentationClock
    private var hasEnded = false
    private let declaredEnd: (seconds: Double, tolerance: Double)?

    /// When a frame is on screen, in seconds.
    public struct FrameTiming: Hashable, Sendable {
        public var start: Double
        /// The start of the next frame; for the last frame, its start and its own duration.
        public var end: Double
    }

    /// Opens a file and decodes its first frame.
    ///
    /// - Throws: ``VideoError`` or `FileError`.
    public init(path: String, options: DecoderOptions = DecoderOptions()) throws {
        self.options = options
        var source = try FrameSource(path: path, options: options)
        current = try FramePointer(path: path)
        upcoming = try FramePointer(path: path)
        var received = source.receive(into: current)
        if source.needsPlainDecoding {
            source = try FrameSource(path: path, options: options.plain)
            received = source.receive(into: current)
        }
        self.source = source
        let rate = source.track.averageFrameRate
        nominalGap = 1 / rate.framesPerSecond
        guard case .frame = received else { throw VideoError.noDecodableFrame(file: path) }
        let frame = current.pointee
        try source.checkSize(width: Int(frame.width), height: Int(frame.height))
        isSeekable = source.track.isSeekable && source.seconds(of: frame) != nil
        let firstSeconds = source.seconds(of: frame) ?? source.track.declaredStart ?? 0
        clock = PresentationClock(
            first: firstSeconds, earliestSound: source.track.earliestSound, nominalGap: nominalGap,
            longestHold: source.track.longestHold, mayRestart: source.track.mayRestart)
        let start = clock.next(firstSeconds)
        timing = FrameTiming(start: start, end: start)
        let orientation = current.orientation
        let (width, height) =
            orientation.transposes ? (frame.height, frame.width) : (frame.width, frame.height)
        info = VideoInfo(
            path: path, container: source.track.container, codec: source.codecName, width: Int(width),
            height: Int(height),
            rotationDegrees: orientation.clockwiseDegrees, averageFrameRate: rate,
            durationSeconds: source.track.declaredDuration?.seconds, declaredFrameCount: source.track.declaredFrameCount
        )
        declaredEnd = source.track.declaredDuration.map { ($0.seconds, $0.isExact ? 0.5 : max(2, $0.seconds * 0.05)) }
        upcomingDuration = source.duration(of: frame) ?? nominalGap
        lookAhead(after: upcomingDuration)
    }

    /// Steps to the next frame.
    ///
    /// - Returns: false after the last frame; the decoder then stays where it is.
    public func advance() -> Bool {
        guard let start = upcomingStart else { return false }
        if !upcomingIsLeftOut { swap(&current, &upcoming) }
        isLeftOut = upcomingIsLeftOut
        timing.start = start
        decodedFrameCount += 1
        lookAhead(after: upcomingDuration)
        return true
    }

    /// The current frame as stored pixels turned for display, at its full size.
    ///
    /// - Throws: ``VideoError/notConvertible(file:reason:)``.
    public func image(using scaler: FrameScaler = FrameScaler(shape: .native)) throws -> RGBImage {
        try scaler.image(of: self)
    }

    /// Moves to the frame shown at `seconds`, by way of the key frame before it.
    ///
    /// A time before the first frame gives the first frame, one past the end the last frame. Where the file breaks off before
    /// a frame can be decoded there, ``timing`` is not finite and ``advance()`` gives false.
    public func seek(to seconds: Double) {
        if seconds >= timing.start, seconds < timing.end { return }
        let isNearAhead = seconds >= timing.end && seconds < timing.end + 1
        if !isSeekable {
            if seconds < timing.start, let other = reopened(options) { adopt(other) }
        } else if !isNearAhead, source.seek(to: clock.sourceSeconds(seconds)) {
            soughtSeconds = seconds
            clock.restart()
            hasEnded = false
            timing = FrameTiming(start: -.infinity, end: -.infinity)
            upcomingDuration = nominalGap
            lookAhead(after: nominalGap)
            // Where decoding began again plainly, the decoder stands at the frame already.
            if !timing.start.isFinite { _ = advance() }
        }
        while timing.end <= seconds, advance() {}
    }

    /// Lets frames be left undecoded on which no wanted frame depends, as far as the codec knows.
    ///
    /// - Parameter isNeeded: asked with the time at which a frame appears and the time of the next one.
    func decodeOnly(where isNeeded: @escaping (_ start: Double, _ end: Double) -> Bool) {
        source.decodeOnly { [unowned self] start, end in
            // Repaired times are not known in advance.
            clock.repairCount > 0 || isNeeded(clock.expected(start), clock.expected(end))
        }
    }

    /// Decodes the current frame if it was left out.
    func decodeIfLeftOut() {
        if isLeftOut { goOnPlainly() }
    }

    /// Goes on from the frame at which the decoder stands, by one thread and without leaving anything out.
    private func goOnPlainly() {
        guard let other = reopened(options.plain) else { return }
        if let soughtSeconds { other.seek(to: soughtSeconds) }
        while let next = other.upcomingStart, next <= timing.start + 1e-9, other.advance() {}
        // After a seek only the frames from there on are passed again.
        let count = soughtSeconds == nil ? other.decodedFrameCount : decodedFrameCount
        adopt(other)
        decodedFrameCount = count
    }

    private func reopened(_ options: DecoderOptions) -> VideoDecoder? {
        do {
            return try VideoDecoder(path: info.path, options: options)
        } catch {
            failure = error
            hasEnded = true
            upcomingStart = nil
            return nil
        }
    }

    private func adopt(_ other: VideoDecoder) {
        source = other.source
        (current, upcoming) = (other.current, other.upcoming)
        (upcomingStart, upcomingIsLeftOut, upcomingDuration) =
            (other.upcomingStart, other.upcomingIsLeftOut, other.upcomingDuration)
        (timing, decodedFrameCount, isLeftOut) = (other.timing, other.decodedFrameCount, other.isLeftOut)
        (clock, soughtSeconds, hasEnded) = (other.clock, other.soughtSeconds, other.hasEnded)
        failure = failure ?? other.failure
    }

    /// What was wrong with the file so far; complete once ``advance()`` has returned false.
    public var warnings: [VideoWarning] {
        var found: [VideoWarning] = []
        if source.damagedCount > 0 { found.append(.damagedData(count: source.damagedCount)) }
        if clock.repairCount > 0 { found.append(.brokenTimestamps(count: clock.repairCount)) }
        // After a seek that no frame followed, nothing is known of where the video ends.
        let end = timing.end.isFinite ? timing.end : 0
        if let failure {
            found.append(.readingStopped(atSeconds: end, reason: "\(failure)"))
        } else if let reason = source.readingError {
            found.append(.readingStopped(atSeconds: end, reason: reason))
        } else if hasEnded, timing.end.isFinite, let declaredEnd,
            timing.end < declaredEnd.seconds - declaredEnd.tolerance
        {
            found.append(.endsEarly(atSeconds: timing.end, declaredSeconds: declaredEnd.seconds))
        }
        return found
    }

    /// The current frame as libav holds it.
    var frame: UnsafePointer<AVFrame> { UnsafePointer(current.pointer) }

    /// The time in the file that belongs to a time of this decoder, as far as no timestamp was repaired.
    func storedSeconds(of seconds: Double) -> Double { clock.sourceSeconds(seconds) }

    /// Whether times jumped, so that they no longer tell where in the file a frame is.
    var hasRepairedTimes: Bool { clock.repairCount > 0 }

    /// What is known of the stream apart from its frames.
    var track: VideoTrack { source.track }

    /// How the current frame is turned for display; a stream may change that on its way.
    var orientation: Orientation { current.orientation }

    /// Decodes the frame after the current one, which tells when the current one ends.
    private func lookAhead(after duration: Double) {
        let start: Double
        var declared: Double?
        let received = hasEnded ? .end : source.receive(into: upcoming)
        if source.needsPlainDecoding, failure == nil {
            goOnPlainly()
            return
        }
        switch received {
        case .end:
            hasEnded = true
            upcomingStart = nil
            timing.end = timing.start + duration
            return
        case .frame:
            start = clock.next(source.seconds(of: upcoming.pointee))
            declared = source.duration(of: upcoming.pointee)
            upcomingIsLeftOut = false
        case .leftOut(let storedSeconds):
            start = clock.next(storedSeconds)
            upcomingIsLeftOut = true
        }
        upcomingStart = start
        upcomingDuration = declared ?? (start - timing.start)
        if !upcomingDuration.isFinite || upcomingDuration <= 0 { upcomingDuration = nominalGap }
        timing.end = start
    }
}
