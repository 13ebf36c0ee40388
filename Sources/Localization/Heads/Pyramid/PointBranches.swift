import Foundation
public import Networks
import Tensors

/// The output layers that score every class at every point; the same for all levels.
public struct ClassificationBranch: Module {
    public let layers: [NormalizedConvolution]
    public let output: Convolution
    private let masksScores: Bool

    /// - Parameter kernel: size of the convolutions; by default that of the settings.
    init(
        _ settings: some PyramidSettings, classes: Int, kernel: Int? = nil, using generator: inout RandomGenerator
    ) {
        let kernel = kernel ?? settings.headKernel
        layers = PointBranch.layers(settings, kernel: kernel, using: &generator)
        output = Convolution(
            settings.headLayers > 1 ? settings.headChannels : settings.neckChannels, classes, kernel: kernel,
            using: &generator)
        masksScores = settings.conventions == .authors
        // The bias makes every score the prior at first, so that the many negatives do not swamp the first steps.
        let emptyProbability: Float = 1e-6
        var bias = [Float](repeating: Self.logit(settings.priorProbability), count: classes)
        for label in settings.emptyClasses where bias.indices.contains(label) {
            bias[label] = Self.logit(emptyProbability)
        }
        output.bias?.value = Tensor(bias)
    }

    /// Points to each side that an output depends on.
    var reach: Int { layers.reduce(output.padding) { $0 + $1.convolution.padding } }

    /// `[batch, points, classes]`
    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let scores = output(layers.reduce(x) { $1($0, mask: mask) })
        return masksScores ? mask(scores) : scores
    }

    private static func logit(_ probability: Float) -> Float { log(probability / (1 - probability)) }
}

/// The output layers that give every point its distances to the start and the end of a segment, in strides; the same for
/// all levels but for a learned factor.
public struct RegressionBranch: Module {
    public let layers: [NormalizedConvolution]
    public let output: Convolution
    /// One for each level.
    public let scales: [Scale]

    /// - Parameter outputs: numbers for each point; by default the two distances.
    init(_ settings: some PyramidSettings, outputs: Int = 2, using generator: inout RandomGenerator) {
        layers = PointBranch.layers(settings, kernel: settings.headKernel, using: &generator)
        output = Convolution(
            settings.headLayers > 1 ? settings.headChannels : settings.neckChannels, outputs,
            kernel: settings.headKernel, using: &generator)
        scales = (0..<settings.levels).map { _ in Scale(1) }
    }

    /// Points to each side that an output depends on.
    var reach: Int { layers.reduce(output.padding) { $0 + $1.convolution.padding } }

    /// `[batch, points, outputs]`, not negative.
    func callAsFunction(_ x: Tensor, mask: SequenceMask, level: Int) -> Tensor {
        scales[level](mask(output(layers.reduce(x) { $1($0, mask: mask) }))).relu()
    }
}

/// What both branches begin with.
private enum PointBranch {
    static func layers(
        _ settings: some PyramidSettings, kernel: Int, using generator: inout RandomGenerator
    ) -> [NormalizedConvolution] {
        (0..<(settings.headLayers - 1)).map { layer in
            NormalizedConvolution(
                layer == 0 ? settings.neckChannels : settings.headChannels, settings.headChannels,
                kernel: kernel, norm: settings.headNorm, conventions: settings.conventions, using: &generator)
        }
    }
}
