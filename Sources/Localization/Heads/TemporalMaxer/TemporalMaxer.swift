import Networks
public import Tensors

/// The TemporalMaxer head: the pyramid of ``ActionFormer`` with nothing but max pooling between its levels.
///
/// Tang, Kim and Sohn, "TemporalMaxer: Maximize Temporal Context with only Max Pooling for Temporal Action Localization",
/// 2023.
public struct TemporalMaxer: PlainPointHead {
    public let backbone: PyramidBackboneNetwork
    public let neck: PyramidNeckNetwork
    public let classification: ClassificationBranch
    public let regression: RegressionBranch
    /// Architecture and loss.
    public let settings: TemporalMaxerSettings
    public let classes: Int
    public let inputChannels: Int
    public var normalizer: Double

    /// A head with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: validated settings.
    ///   - featureChannels: channels of the features.
    ///   - classes: number of classes.
    ///   - generator: for the random weights.
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)``
    public init(
        _ settings: TemporalMaxerSettings, featureChannels: Int, classes: Int,
        using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        self.settings = settings
        self.classes = classes
        inputChannels = featureChannels
        let streams = try settings.streams(ofFeatures: featureChannels)
        backbone = PyramidBackboneNetwork(settings, streams: streams, using: &generator) { _, stride, _ in
            MaxPoolingBlock(stride: stride)
        }
        neck = PyramidNeckNetwork(settings, using: &generator)
        classification = ClassificationBranch(settings, classes: classes, using: &generator)
        regression = RegressionBranch(settings, using: &generator)
        normalizer = settings.initialNormalizer
    }
}

/// A block without parameters: the largest of neighbouring values (section 3.2).
public struct MaxPoolingBlock: PyramidBlock {
    let stride: Int
    var reach: Int? { (stride + 1) / 2 }

    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        mask(x.maxPooled(SlidingWindow(size: stride + 1, stride: stride, padding: (stride + 1) / 2)))
    }
}
