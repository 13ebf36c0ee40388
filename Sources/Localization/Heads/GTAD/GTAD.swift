public import Networks
public import Tensors

/// The G-TAD head: graph convolutions over a sequence, and a map that scores every proposal by its sub-graph.
///
/// Xu et al., "G-TAD: Sub-Graph Localization for Temporal Action Detection", 2020. It is class-agnostic; classes
/// come from video-level scores.
public struct GTAD: ProposalMapHead {
    public let embedding: Convolution
    public let baseGraph: GraphConvolution
    public let startGraph: GraphConvolution
    public let startOutput: Convolution
    public let endGraph: GraphConvolution
    public let endOutput: Convolution
    public let contextGraph: GraphConvolution
    public let alignment: ProposalAlignment
    public let reduction: Linear
    public let mapLayers: [MapConvolution]
    public let output: Linear
    /// Architecture and loss.
    public let settings: GTADSettings
    public let inputChannels: Int

    /// A head with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: validated settings.
    ///   - featureChannels: channels of the features.
    ///   - generator: for the random weights.
    /// - Throws: ``LocalizationError/channelGroups(channels:groups:)``
    public init(
        _ settings: GTADSettings, featureChannels: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        guard featureChannels % settings.embeddingGroups == 0 else {
            throw .channelGroups(channels: featureChannels, groups: settings.embeddingGroups)
        }
        self.settings = settings
        inputChannels = featureChannels
        embedding = Convolution(
            featureChannels, settings.channels, kernel: 3, groups: settings.embeddingGroups, using: &generator)
        baseGraph = GraphConvolution(settings, using: &generator)
        startGraph = GraphConvolution(settings, using: &generator)
        startOutput = Convolution(settings.channels, 1, kernel: 1, using: &generator)
        endGraph = GraphConvolution(settings, using: &generator)
        endOutput = Convolution(settings.channels, 1, kernel: 1, using: &generator)
        contextGraph = GraphConvolution(settings, using: &generator)
        func sampling(_ positions: Int) -> ProposalSampling {
            ProposalSampling(
                length: settings.maximumLength, durations: settings.maximumDuration, positions: positions,
                rule: .bins(samples: settings.samplesPerPosition), isSymmetric: settings.symmetricSampling)
        }
        alignment = ProposalAlignment(
            channels: settings.channels, outputs: settings.proposalChannels, inner: sampling(settings.innerPositions),
            context: settings.context == .none ? nil : sampling(settings.contextPositions), using: &generator)
        reduction = Linear(settings.proposalChannels, settings.mapChannels, using: &generator)
        mapLayers = (0..<2).map { _ in
            MapConvolution(settings.mapChannels, settings.mapChannels, kernel: settings.mapKernel, using: &generator)
        }
        output = Linear(settings.mapChannels, 2, using: &generator)
    }

    public var objective: ProposalMapObjective {
        ProposalMapObjective(
            length: settings.maximumLength, durations: settings.maximumDuration,
            boundaryWidth: settings.boundaryWidth, regressionWeight: settings.regressionWeight,
            classificationWeight: settings.classificationWeight,
            balance: ProposalMapBalance(prior: settings.balancePrior, compatibility: settings.compatibility))
    }

    // MARK: - Network

    public func forward(_ batch: SequenceBatch, on tape: Tape?) -> ProposalMap {
        let features = features(batch.features, on: tape)
        func boundary(_ graph: GraphConvolution, _ output: Convolution) -> Tensor {
            let scores = output(graph(features.base).features).sigmoid()
            return scores.reshaped([scores.shape[0], scores.shape[1]])
        }
        var map = alignment(features.graph, context: features.context).relu()
        map = reduction(map).relu()
        for layer in mapLayers { map = layer(map).relu() }
        return ProposalMap(
            overlaps: output(map).sigmoid(), starts: boundary(startGraph, startOutput),
            ends: boundary(endGraph, endOutput), lengths: batch.mask.lengths)
    }

    /// The features after each graph convolution of the backbone, those of the context, and the neighbours found.
    func features(
        _ features: Tensor, on tape: Tape?
    ) -> (base: Tensor, graph: Tensor, context: Tensor?, neighbors: [FeatureNeighbors]) {
        let (base, first) = baseGraph(embedding(tape?.constant(features) ?? features).relu())
        let (graph, second) = contextGraph(base)
        let context: Tensor?
        switch settings.context {
        case .none: context = nil
        case .last: context = FeatureNeighbors(of: graph.detached, count: settings.neighbors).mean(of: graph)
        case .all: context = first.joined(with: second).mean(of: graph)
        }
        return (base, graph, context, [first, second])
    }

    public func proposals(_ output: ProposalMap, settings: PostProcessingSettings) -> [Proposals] {
        output.proposals(settings: settings, candidates: self.settings.candidates) { regressed, classified, _, _ in
            regressed * classified
        }
    }
}
