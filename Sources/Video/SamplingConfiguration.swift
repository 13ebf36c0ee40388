public import Configuration

/// Which frames of a video make a clip: the video is read at a declared rate, and every `strideFrames` frames a window of
/// `windowFrames` begins, from which the encoder's frames are taken evenly.
public struct SamplingConfiguration: Configurable {
    /// Frames per second as a fraction.
    public var frameRateNumerator = 10
    public var frameRateDenominator = 1
    /// Frames from one window to the next.
    public var strideFrames = 4
    /// Frames in a window.
    public var windowFrames = 16

    public static var section: String { "sampling" }

    public init() {}

    public func validate() throws {
        let values = [
            ("frame_rate_numerator", frameRateNumerator), ("frame_rate_denominator", frameRateDenominator),
            ("stride_frames", strideFrames), ("window_frames", windowFrames),
        ]
        for (key, value) in values where !(1...1_000_000).contains(value) {
            throw invalid(key, "must be between 1 and 1,000,000")
        }
    }
}

extension SamplingClock {
    /// - Parameters:
    ///   - settings: must be valid, with at least `framesPerClip` frames in a window.
    ///   - framesPerClip: frames that the encoder takes of each window.
    public init(_ settings: SamplingConfiguration, framesPerClip: Int) {
        self.init(
            frameRate: FrameRate(settings.frameRateNumerator, settings.frameRateDenominator),
            strideFrames: settings.strideFrames, windowFrames: settings.windowFrames, framesPerClip: framesPerClip)
    }
}
