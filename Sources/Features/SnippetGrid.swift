/// The frames behind each feature vector of a video, and the only place that turns feature positions into seconds.
///
/// Feature `i` covers frames `[i · strideFrames, i · strideFrames + windowFrames)` of a video sampled at
/// `framesPerSecond`; its time is the centre of that window. Positions may be fractional and may lie outside the video.
public struct SnippetGrid: Hashable, Codable, Sendable {
    /// Sampling rate as a fraction; `frameRateDenominator` is positive.
    public var frameRateNumerator: Int
    public var frameRateDenominator: Int
    /// Frames between the first frames of neighbouring features; fractional after resampling.
    public var strideFrames: Double
    /// Frames covered by one feature; fractional after resampling.
    public var windowFrames: Double

    public init(
        frameRateNumerator: Int, frameRateDenominator: Int = 1, strideFrames: Double, windowFrames: Double
    ) {
        precondition(frameRateNumerator > 0 && frameRateDenominator > 0 && strideFrames > 0 && windowFrames > 0)
        self.frameRateNumerator = frameRateNumerator
        self.frameRateDenominator = frameRateDenominator
        self.strideFrames = strideFrames
        self.windowFrames = windowFrames
    }

    /// Frames per second.
    public var framesPerSecond: Double { Double(frameRateNumerator) / Double(frameRateDenominator) }

    /// The time, in seconds, of a position on the grid: `(position · stride + window / 2) / fps`.
    public func seconds(at position: Double) -> Double {
        (position * strideFrames + windowFrames / 2) / framesPerSecond
    }

    /// The position on the grid of a time in seconds; the inverse of ``seconds(at:)``.
    public func position(at seconds: Double) -> Double {
        (seconds * framesPerSecond - windowFrames / 2) / strideFrames
    }
}
