/// Takes the clips of a ``SamplingClock`` from a decoder, in one pass.
///
/// Only frames that some window takes are converted, each once. Memory holds the frames of the windows under way, however
/// long the video is. ``ClipStream`` runs a sampler on a thread of its own.
public final class ClipSampler {
    private let decoder: VideoDecoder
    private let clock: SamplingClock
    private let scaler: FrameScaler
    private let transform: (any FrameTransform)?
    private let offsets: [Int]
    private let begin: Double
    private let limit: Double

    /// A converted frame and the ticks that show it.
    private struct Shown {
        var ticks: Range<Int>
        var seconds: Double
        var image: RGBImage
    }

    private var shown: [Shown] = []
    private var window = 0
    /// Ticks whose frame is known.
    private var knownTicks = 0
    /// All ticks, once the end has been reached.
    private var allTicks: Int?
    private var isFirst = true
    /// Where the time went so far.
    public private(set) var timing = SamplingTiming()

    /// - Parameters:
    ///   - decoder: an open video.
    ///   - clock: which frames make a clip.
    ///   - shape: the size to which frames are brought.
    ///   - transform: applied to every frame that is taken.
    ///   - interval: the part of the video to sample, in seconds; second 0 of the clock is its lower bound. All where
    ///     nil.
    public init(
        decoder: VideoDecoder, clock: SamplingClock, shape: FrameShape, transform: (any FrameTransform)? = nil,
        interval: Range<Double>? = nil
    ) {
        self.transform = transform
        self.decoder = decoder
        self.clock = clock
        offsets = clock.offsets
        scaler = FrameScaler(shape: shape)
        let begin = max(0, interval?.lowerBound ?? 0), limit = interval?.upperBound ?? .infinity
        self.begin = begin
        self.limit = limit
        decoder.decodeOnly { start, end in
            // Wider than the frame by more than rounding; at the limit the frame may be wanted for padding.
            let (early, late) = (start - begin - 0.003, end - begin + 0.003)
            return late + begin >= limit
                || clock.uses(clock.tickCount(seconds: early)..<clock.tickCount(seconds: late))
        }
    }

    /// The next clip, or nil after the last.
    ///
    /// - Throws: ``VideoError/notConvertible(file:reason:)``.
    public func next() throws -> Clip? {
        while true {
            let first = window * clock.strideFrames
            if let allTicks {
                guard window < clock.windowCount(ticks: allTicks) else { return nil }
                return assemble(first: first)
            }
            if first + (offsets.last ?? 0) < knownTicks { return assemble(first: first) }
            try step()
        }
    }

    /// What has been read so far.
    public var summary: VideoSummary {
        VideoSummary(
            durationSeconds: decoder.timing.end.isFinite ? decoder.timing.end : 0,
            decodedFrameCount: decoder.decodedFrameCount,
            clipCount: window, warnings: decoder.warnings)
    }

    /// Looks at one more frame of the video.
    private func step() throws {
        if isFirst {
            if begin > 0 { timing.measure(\.decoding) { decoder.seek(to: begin) } }
            isFirst = false
        } else if !timing.measure(\.decoding, decoder.advance) {
            try finish()
            return
        }
        if let failure = decoder.failure { throw failure }
        if decoder.isLeftOut, clock.uses(newTicks) { timing.measure(\.decoding, decoder.decodeIfLeftOut) }
        let ticks = newTicks
        knownTicks = ticks.upperBound
        if clock.uses(ticks) { try convert(ticks) }
        if decoder.timing.end >= limit { try finish() }
        let longest = decoder.options.maximumSeconds
        if decoder.timing.end > longest { throw VideoError.tooLong(file: decoder.info.path, maximumSeconds: longest) }
    }

    /// The ticks that show the frame at which the decoder stands and are not known yet.
    private var newTicks: Range<Int> {
        let end = min(decoder.timing.end, limit) - begin
        return knownTicks..<max(knownTicks, clock.tickCount(seconds: end))
    }

    /// Fixes the number of ticks and sees to it that the last frame is at hand for padding.
    ///
    /// - Throws: ``VideoError`` where the video has no length.
    private func finish() throws {
        if let failure = decoder.failure { throw failure }
        if begin == 0, !(decoder.timing.end.isFinite && decoder.timing.end > 0) {
            throw VideoError.noDecodableFrame(file: decoder.info.path)
        }
        // A video shorter than the tolerance is still one tick, but an interval past the end is empty.
        let total = begin > 0 ? knownTicks : max(knownTicks, 1)
        allTicks = total
        guard total > 0 else { return }
        if shown.last.map({ $0.ticks.upperBound < total }) ?? true {
            try convert((total - 1)..<total)
        }
    }

    private func convert(_ ticks: Range<Int>) throws {
        timing.measure(\.decoding, decoder.decodeIfLeftOut)
        if let failure = decoder.failure { throw failure }
        let start = ContinuousClock.now
        let frame = try scaler.image(of: decoder)
        let image = transform.map { $0(frame) } ?? frame
        timing.preprocessing += (ContinuousClock.now - start) / .seconds(1)
        // Where a damaged part was decoded again, it may show a frame that is older than those before it.
        let seconds = max(shown.last?.seconds ?? 0, decoder.timing.start)
        shown.append(Shown(ticks: ticks, seconds: seconds, image: image))
    }

    private func assemble(first: Int) -> Clip {
        let start = ContinuousClock.now
        defer {
            timing.preprocessing += (ContinuousClock.now - start) / .seconds(1)
            window += 1
            shown.removeAll { $0.ticks.upperBound <= window * clock.strideFrames && $0.ticks.upperBound != allTicks }
        }
        let lastTick = (allTicks ?? .max) - 1
        var frames: [Shown] = []
        var place = shown.startIndex
        for offset in offsets {
            let tick = min(first + offset, lastTick)
            while place + 1 < shown.endIndex, shown[place].ticks.upperBound <= tick { place += 1 }
            frames.append(shown[place])
        }
        let (width, height) = (frames[0].image.width, frames[0].image.height)
        let bytes = width * height * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: bytes * frames.count) { target, count in
            for (index, frame) in frames.enumerated() {
                _ = UnsafeMutableBufferPointer(rebasing: target[index * bytes..<(index + 1) * bytes])
                    .update(fromContentsOf: frame.image.pixels)
            }
            count = bytes * frames.count
        }
        return Clip(
            index: window, frameCount: frames.count, height: height, width: width, pixels: pixels,
            seconds: offsets.map { begin + clock.frameRate.seconds(at: first + $0) },
            sourceSeconds: frames.map(\.seconds),
            paddedFrames: offsets.count { first + $0 > lastTick })
    }
}

/// What came out of reading a video.
public struct VideoSummary: Hashable, Sendable {
    /// Where the last frame read ends, in seconds.
    public var durationSeconds: Double
    public var decodedFrameCount: Int
    public var clipCount: Int
    public var warnings: [VideoWarning]
}
