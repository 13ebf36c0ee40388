import Foundation
import Synchronization
import Threads

/// The clips of a video, decoded and resized ahead of their use on a thread of their own.
///
/// At most `queueCapacity` clips wait; the thread sleeps while the queue is full and ends when the stream is released.
///
/// ```swift
/// let stream = try ClipStream(path: "swim.mp4", clock: clock, shape: FrameShape(size: 96))
/// while let clip = try stream.next() { … }
/// for warning in stream.summary?.warnings ?? [] { … }
/// ```
public final class ClipStream: Sendable {
    /// What the header of the file says.
    public let info: VideoInfo
    public let clock: SamplingClock
    private let queue: BoundedQueue<Item>
    private let ending = Mutex<Ending?>(nil)

    private enum Item: Sendable {
        case clip(Clip)
        case end(Ending)
    }

    private struct Ending: Sendable {
        var summary: VideoSummary
        var timing: SamplingTiming
        var error: (any Error)?
    }

    /// Opens the file and starts decoding.
    ///
    /// - Parameters:
    ///   - path: the video file.
    ///   - clock: which frames make a clip.
    ///   - shape: the size to which frames are brought.
    ///   - interval: the part of the video to sample, in seconds; all of it where nil.
    ///   - options: how the file is opened.
    ///   - queueCapacity: how many finished clips may wait.
    /// - Throws: `FileError` or ``VideoError`` when the file cannot be opened or has no frame.
    public convenience init(
        path: String, clock: SamplingClock, shape: FrameShape, interval: Range<Double>? = nil,
        options: DecoderOptions = DecoderOptions(), queueCapacity: Int = 4
    ) throws {
        try self.init(
            path: path, shape: shape, interval: interval, options: options, queueCapacity: queueCapacity
        ) { _ in clock }
    }

    /// The same with a clock that depends on the video, such as on its own frame rate.
    ///
    /// - Parameters:
    ///   - path: the video file.
    ///   - shape: the size to which frames are brought.
    ///   - transform: applied to every frame that is taken.
    ///   - interval: the part of the video to sample, in seconds; all of it where nil.
    ///   - options: how the file is opened.
    ///   - queueCapacity: how many finished clips may wait.
    ///   - clock: gives the clock of the opened video.
    public init(
        path: String, shape: FrameShape, transform: (any FrameTransform)? = nil, interval: Range<Double>? = nil,
        options: DecoderOptions = DecoderOptions(), queueCapacity: Int = 4, clock: (VideoInfo) -> SamplingClock
    ) throws {
        let decoder = try VideoDecoder(path: path, options: options)
        info = decoder.info
        let clock = clock(decoder.info)
        self.clock = clock
        queue = BoundedQueue(capacity: queueCapacity)
        let producer = Producer(
            sampler: ClipSampler(
                decoder: decoder, clock: clock, shape: shape, transform: transform, interval: interval), queue: queue)
        let thread = Thread { producer.run() }
        thread.name = "tal.decode"
        thread.stackSize = 4 << 20
        thread.start()
    }

    deinit { queue.close() }

    /// Ends the stream early, from any thread: ``next()`` gives what is decoded already and then nil. There is no summary then.
    package func stop() { queue.close() }

    /// Waits for the next clip; nil after the last.
    ///
    /// - Throws: ``VideoError`` when frames cannot be converted.
    public func next() throws -> Clip? {
        switch queue.take() {
        case .clip(let clip):
            return clip
        case .end(let ending):
            self.ending.withLock { $0 = ending }
        case nil:
            break
        }
        if let error = ending.withLock({ $0?.error }) { throw error }
        return nil
    }

    /// What was read and what was wrong with it, once ``next()`` has returned nil or thrown.
    public var summary: VideoSummary? { ending.withLock { $0?.summary } }

    /// Where the time of the decoding thread went, once ``next()`` has returned nil or thrown.
    public var timing: SamplingTiming? { ending.withLock { $0?.timing } }

    /// The work of the decoding thread. It does not hold the stream, so that releasing the stream ends it.
    private final class Producer: @unchecked Sendable {
        private let sampler: ClipSampler
        private let queue: BoundedQueue<Item>

        init(sampler: ClipSampler, queue: BoundedQueue<Item>) {
            self.sampler = sampler
            self.queue = queue
        }

        func run() {
            var failure: (any Error)?
            do {
                while let clip = try sampler.next() {
                    guard queue.put(.clip(clip)) else { return }
                }
            } catch {
                failure = error
            }
            _ = queue.put(.end(Ending(summary: sampler.summary, timing: sampler.timing, error: failure)))
            queue.close()
        }
    }
}
