import Configuration
import Networks
import Tensors

@testable import Localization

// The head that docs/add-a-head.md adds. Each of its code blocks is in this file.

/// The settings of ``Depthwise``.
struct DepthwiseSettings: PyramidSettings {
    /// What only this head is set by.
    struct Own: Codable, Sendable, Equatable {
        /// Positions that a block looks at.
        var kernel = 3
    }

    static var section: String { "depthwise" }

    var common = CommonPyramidSettings()
    var own = Own()

    /// There are no blocks at full resolution.
    init() { common.stemBlocks = 0 }

    /// Sequences are padded to a multiple of the strides only.
    func paddingUnit(ofLevel level: Int) -> Int { 1 }

    func validate() throws {
        try validatePyramid()
        if !(1...31).contains(own.kernel) || own.kernel % 2 == 0 {
            throw invalid("kernel", "must be odd, from 1 to 31")
        }
    }

    func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try Depthwise(self, featureChannels: featureChannels, classes: classes, using: &generator)
    }
}

extension HeadKind {
    static let depthwise = HeadKind(DepthwiseSettings.self)
}

/// A pyramid whose levels are made by convolutions of each channel by itself.
struct Depthwise: PlainPointHead {
    let backbone: PyramidBackboneNetwork
    let neck: PyramidNeckNetwork
    let classification: ClassificationBranch
    let regression: RegressionBranch
    let settings: DepthwiseSettings
    let classes: Int
    let inputChannels: Int
    var normalizer: Double

    init(
        _ settings: DepthwiseSettings, featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        self.settings = settings
        self.classes = classes
        inputChannels = featureChannels
        let streams = try settings.streams(ofFeatures: featureChannels)
        backbone = PyramidBackboneNetwork(settings, streams: streams, using: &generator) { _, stride, generator in
            DepthwiseBlock(
                convolution: DepthwiseConvolution(
                    settings.channels, kernel: settings.kernel, stride: stride, using: &generator))
        }
        neck = PyramidNeckNetwork(settings, using: &generator)
        classification = ClassificationBranch(settings, classes: classes, using: &generator)
        regression = RegressionBranch(settings, using: &generator)
        normalizer = settings.initialNormalizer
    }
}

/// A convolution that lowers the resolution; positions behind the end of a sequence stay 0.
struct DepthwiseBlock: PyramidBlock {
    let convolution: DepthwiseConvolution
    var stride: Int { convolution.stride }

    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor { mask(convolution(x)) }
}
