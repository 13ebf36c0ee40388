public import Features
public import Video

/// Something that turns clips into feature vectors, one each.
public protocol SnippetEncoder: ClipEncoder {
    /// The name and settings of the encoder and its weights, as they are stored with the features.
    var origin: FeatureOrigin { get }
    /// Values in a feature vector.
    var channels: Int { get }
    /// Floating-point operations in the matrix products of one clip; nil for encoders that do not consist of matmuls.
    var operationsPerClip: Double? { get }
    /// The implementation that runs it and why, for reports; nil where there is only one.
    var engine: String? { get }

    /// The grid on which features lie that were sampled by a clock.
    func grid(of clock: SamplingClock) -> SnippetGrid
}

extension SnippetEncoder {
    public var operationsPerClip: Double? { nil }

    public var engine: String? { nil }

    public func grid(of clock: SamplingClock) -> SnippetGrid {
        SnippetGrid(
            frameRateNumerator: clock.frameRate.numerator, frameRateDenominator: clock.frameRate.denominator,
            strideFrames: Double(clock.strideFrames), windowFrames: Double(clock.windowFrames))
    }
}
