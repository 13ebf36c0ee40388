import Networks
public import Tensors

/// The ActionFormer head: a transformer over a feature pyramid that classifies every point in time and regresses the
/// action around it.
///
/// Zhang, Wu and Li, "ActionFormer: Localizing Moments of Actions with Transformers", 2022.
public struct ActionFormer: PlainPointHead {
    public let backbone: PyramidBackboneNetwork
    public let neck: PyramidNeckNetwork
    public let classification: ClassificationBranch
    public let regression: RegressionBranch
    /// Architecture and loss.
    public let settings: ActionFormerSettings
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
        _ settings: ActionFormerSettings, featureChannels: Int, classes: Int,
        using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        self.settings = settings
        self.classes = classes
        inputChannels = featureChannels
        let streams = try settings.streams(ofFeatures: featureChannels)
        backbone = PyramidBackboneNetwork(settings, streams: streams, using: &generator) { level, stride, generator in
            switch settings.backbone {
            case .transformer: ActionFormerBlock(settings, level: level, stride: stride, using: &generator)
            case .convolution: ConvolutionBlock(settings.channels, stride: stride, using: &generator)
            }
        }
        neck = PyramidNeckNetwork(settings, using: &generator)
        classification = ClassificationBranch(settings, classes: classes, using: &generator)
        regression = RegressionBranch(settings, using: &generator)
        normalizer = settings.initialNormalizer
    }
}
