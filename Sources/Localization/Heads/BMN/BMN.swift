public import Networks
public import Tensors

/// The boundary-matching network: boundary probabilities of every position, and a map that scores every proposal by
/// features sampled evenly over it and its surroundings.
///
/// Lin et al., "BMN: Boundary-Matching Network for Temporal Action Proposal Generation", 2019. It is class-agnostic;
/// those come from video-level scores.
public struct BMN: ProposalMapHead {
    public let base: [Convolution]
    public let startLayer: Convolution
    public let startOutput: Convolution
    public let endLayer: Convolution
    public let endOutput: Convolution
    public let proposalLayer: Convolution
    public let alignment: ProposalAlignment
    public let reduction: Linear
    public let mapLayers: [MapConvolution]
    public let output: Linear
    /// Architecture and loss.
    public let settings: BMNSettings
    public let inputChannels: Int

    /// A head with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: validated settings.
    ///   - featureChannels: channels of the features.
    ///   - generator: for the random weights.
    /// - Throws: ``LocalizationError/channelGroups(channels:groups:)``
    public init(
        _ settings: BMNSettings, featureChannels: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        guard featureChannels % settings.groups == 0 else {
            throw .channelGroups(channels: featureChannels, groups: settings.groups)
        }
        self.settings = settings
        inputChannels = featureChannels
        let channels = settings.channels
        func layer(_ inputs: Int, _ outputs: Int, kernel: Int, groups: Int = 1) -> Convolution {
            Convolution(inputs, outputs, kernel: kernel, groups: groups, using: &generator)
        }
        base = [
            layer(featureChannels, channels, kernel: 3, groups: settings.groups),
            layer(channels, channels, kernel: 3, groups: settings.groups),
        ]
        startLayer = layer(channels, channels, kernel: 3, groups: settings.groups)
        startOutput = layer(channels, 1, kernel: 1)
        endLayer = layer(channels, channels, kernel: 3, groups: settings.groups)
        endOutput = layer(channels, 1, kernel: 1)
        proposalLayer = layer(channels, settings.sampledChannels, kernel: 3)
        alignment = ProposalAlignment(
            channels: settings.sampledChannels, outputs: settings.proposalChannels,
            inner: ProposalSampling(
                length: settings.maximumLength, durations: settings.maximumDuration, positions: settings.positions,
                rule: .even(samplesPerPosition: settings.samplesPerPosition)),
            using: &generator)
        reduction = Linear(settings.proposalChannels, settings.mapChannels, using: &generator)
        mapLayers = (0..<2).map { _ in
            MapConvolution(settings.mapChannels, settings.mapChannels, kernel: 3, using: &generator)
        }
        output = Linear(settings.mapChannels, 2, using: &generator)
    }

    public var objective: ProposalMapObjective {
        // The bounds keep the weights of a balanced loss finite where a batch has few positives, or few else.
        ProposalMapObjective(
            length: settings.maximumLength, durations: settings.maximumDuration,
            boundaryWidth: settings.boundaryWidth, regressionWeight: settings.regressionWeight,
            classificationWeight: settings.classificationWeight,
            balance: ProposalMapBalance(prior: 0, ratios: 1.05...21), epsilon: 1e-5)
    }

    public func forward(_ batch: SequenceBatch, on tape: Tape?) -> ProposalMap {
        var features = tape?.constant(batch.features) ?? batch.features
        for layer in base { features = layer(features).relu() }
        func boundary(_ layer: Convolution, _ output: Convolution) -> Tensor {
            let scores = output(layer(features).relu()).sigmoid()
            return scores.reshaped([scores.shape[0], scores.shape[1]])
        }
        var map = alignment(proposalLayer(features).relu()).relu()
        map = reduction(map).relu()
        for layer in mapLayers { map = layer(map).relu() }
        return ProposalMap(
            overlaps: output(map).sigmoid(), starts: boundary(startLayer, startOutput),
            ends: boundary(endLayer, endOutput), lengths: batch.mask.lengths)
    }

    /// Scores are the product of both overlaps and, where the settings say so, of the probabilities of both boundaries.
    public func proposals(_ output: ProposalMap, settings: PostProcessingSettings) -> [Proposals] {
        let multipliesBoundaries = self.settings.boundaryScores
        return output.proposals(settings: settings, candidates: self.settings.candidates) {
            regressed, classified, start, end in
            regressed * classified * (multipliesBoundaries ? start * end : 1)
        }
    }
}
