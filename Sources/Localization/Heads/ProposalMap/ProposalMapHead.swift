import Networks
public import Tensors

/// A head that scores every proposal of a sequence of fixed length on a map, and every position as a boundary: what such
/// heads have in common but the network. They are class-agnostic; classes come from video-level scores.
public protocol ProposalMapHead: LocalizationHead where Output == ProposalMap, Targets == ProposalMapTargets {
    /// What it is trained towards.
    var objective: ProposalMapObjective { get }
}

/// What a head with a map of proposals is trained towards.
public struct ProposalMapObjective: Sendable {
    /// Length of the sequences.
    let length: Int
    /// Longest proposals.
    let durations: Int
    /// Width of the interval around a position that is compared with boundaries.
    let boundaryWidth: Float
    /// Weight of the regression of overlaps.
    let regressionWeight: Double
    /// Weight of their classification.
    let classificationWeight: Double
    let balance: ProposalMapBalance
    /// Added to what the logarithm is taken of.
    var epsilon = 1e-6

    /// The weight of each part of the loss.
    var weights: [Double] { [1, regressionWeight, classificationWeight] }
}

extension ProposalMapHead {
    public var classes: Int { 1 }
    public var maximumLength: Int { objective.length }
    public var lossTerms: [String] { ["boundaries", "regression", "classification"] }
    public var lossState: [String: Double] {
        get { [:] }
        set {}
    }

    /// The map has a fixed size, so every sequence is padded to the same length.
    public func paddedLength(for length: Int) -> PaddedLength {
        PaddedLength(computed: maximumLength, nominal: maximumLength)
    }

    public func targets(for samples: [Sample], using generator: inout RandomGenerator) -> [ProposalMapTargets] {
        let labels = samples.map { sample in
            ProposalLabels(
                segments: sample.segments.map { ($0.start, $0.end) }, length: objective.length,
                durations: objective.durations, boundaryWidth: objective.boundaryWidth)
        }
        return objective.balance.targets(labels, using: &generator)
    }

    public mutating func updateState(with targets: [ProposalMapTargets]) {}

    public func loss(_ output: ProposalMap, _ targets: [ProposalMapTargets]) -> [Tensor] {
        output.losses(targets, epsilon: objective.epsilon)
    }

    public var constantOutputGradients: [Double]? { objective.weights }

    public func combine(_ sums: [Double]) -> LossReport {
        let weights = objective.weights
        return LossReport(
            total: zip(sums, weights).reduce(0) { $0 + $1.0 * $1.1 }, terms: sums, outputGradients: weights)
    }
}
