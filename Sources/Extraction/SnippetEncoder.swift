public import Features
public import Tensors
import Threads
public import Video

/// Something that turns clips into feature vectors, one each.
///
/// An encoder says how videos are to be sampled for it. It holds no state that changes, so it may be used from any thread.
public protocol SnippetEncoder: Sendable {
    /// The name and settings of the encoder and its weights, as they are stored with the features.
    var origin: FeatureOrigin { get }
    /// Values in a feature vector.
    var channels: Int { get }
    /// Which frames of a video make a clip.
    var clock: SamplingClock { get }
    /// The size frames are brought to.
    var frameShape: FrameShape { get }
    /// What is done to frames after that.
    var frameTransform: (any FrameTransform)? { get }
    /// How many clips it is best given at a time.
    var batchSize: Int { get }
    /// Floating-point operations in the matrix products of one clip; nil where products are not what it does.
    var operationsPerClip: Double? { get }
    /// The implementation that runs it and why, for reports; nil where there is only one.
    var engine: String? { get }

    /// Encodes clips, each independently of the others, on the threads of `Parallel`.
    ///
    /// - Parameter clips: sampled by ``clock``, frames of ``frameShape``; at least one.
    /// - Returns: `[clip, channels]`, or several rows for each clip where ``grid(of:)`` says so.
    func encode(_ clips: [Clip]) -> Tensor

    /// The clock of a video, where it depends on the video.
    ///
    /// - Parameter own: the frame rate of the video itself.
    func clock(own: FrameRate) -> SamplingClock

    /// The grid on which features lie that were sampled by a clock.
    func grid(of clock: SamplingClock) -> SnippetGrid
}

extension SnippetEncoder {
    /// Enough to keep all threads busy when some clips take longer.
    public var batchSize: Int { 4 * Parallel.threads }

    public var operationsPerClip: Double? { nil }

    public var engine: String? { nil }

    public var frameTransform: (any FrameTransform)? { nil }

    public func clock(own: FrameRate) -> SamplingClock { clock }

    public func grid(of clock: SamplingClock) -> SnippetGrid {
        SnippetGrid(
            frameRateNumerator: clock.frameRate.numerator, frameRateDenominator: clock.frameRate.denominator,
            strideFrames: Double(clock.strideFrames), windowFrames: Double(clock.windowFrames))
    }
}
