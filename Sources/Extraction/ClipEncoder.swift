public import Tensors
import Threads
public import Video

/// Something that turns clips into vectors, and says how to sample videos for it.
///
/// It holds no state that changes, so it may be used from any thread.
public protocol ClipEncoder: Sendable {
    /// Which frames of a video make a clip.
    var clock: SamplingClock { get }
    /// The size frames are brought to.
    var frameShape: FrameShape { get }
    /// What is done to frames after that.
    var frameTransform: (any FrameTransform)? { get }
    /// How many clips it is best given at a time.
    var batchSize: Int { get }

    /// Encodes clips, each independently of the others, on the threads of `Parallel`.
    ///
    /// - Parameter clips: sampled by ``clock``, frames of ``frameShape``; at least one.
    /// - Returns: `[clip, channels]`, or several rows for each clip where the encoder's grid says so.
    /// - Throws: what keeps the encoder from its work at all, whatever the video.
    func encode(_ clips: [Clip]) throws -> Tensor

    /// The clock of a video, where it depends on the video.
    ///
    /// - Parameter own: the frame rate of the video itself.
    func clock(own: FrameRate) -> SamplingClock
}

extension ClipEncoder {
    /// Enough to keep all threads busy when some clips take longer.
    public var batchSize: Int { 4 * Parallel.threads }

    public var frameTransform: (any FrameTransform)? { nil }

    public func clock(own: FrameRate) -> SamplingClock { clock }
}
