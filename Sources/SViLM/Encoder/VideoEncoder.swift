public import Networks
public import Tensors

/// The output of a video encoder for a batch of clips.
public struct EncodedVideo: Sendable {
    /// `[batch, times, patches, width]`
    public let videoTokens: Tensor
    /// `[batch, groups, width]`
    public let groupTokens: Tensor
    /// Tokens by group of the last grouping block, `[batch, times · patches, groups]`, one-hot.
    public let assignment: Tensor
    /// One vector for each clip before projection, `[batch, width]`.
    public let global: Tensor
}

/// The S-ViLM video encoder: tubelets and group tokens attend to each other jointly in space and time, and grouping blocks
/// gather the tokens into the groups (paper, section 3; layout in `EncoderConfiguration`).
public struct VideoEncoder: Module {
    public let tubeletEmbedding: Linear
    public let position: PositionEmbedding
    /// `[groups, width]`
    public let groupTokens: Parameter
    public let blocks: [TransformerBlock]
    public let grouping: [GroupingBlock]
    public let norm: LayerNorm
    /// To the common space: the clip features.
    public let clipProjection: Linear
    /// To the common space: the group tokens.
    public let groupProjection: Linear
    /// To the common space: the global vector.
    public let globalProjection: Linear
    /// How it was built.
    public let configuration: EncoderConfiguration

    /// An encoder with random weights.
    ///
    /// - Parameters:
    ///   - configuration: must be valid.
    ///   - seed: of the random weights.
    ///   - initialization: initial weights of linear layers; zeros are cheapest where weights are loaded afterwards.
    public init(_ configuration: EncoderConfiguration, seed: UInt64, initialization: Initialization = .xavierUniform) {
        var generator = RandomGenerator(seed: seed)
        let width = configuration.width, hidden = width * configuration.feedForwardRatio
        tubeletEmbedding = Linear(
            configuration.tubeletValues, width, initialization: initialization, using: &generator)
        position = PositionEmbedding(
            times: configuration.clipLength, gridSize: configuration.gridSize, channels: width,
            timeDropout: Float(configuration.timeDropout), using: &generator)
        groupTokens = Parameter(
            .normal(
                [configuration.groups, width], standardDeviation: Float(configuration.groupDeviation), using: &generator
            ),
            decays: false)
        blocks = (0..<configuration.depth).map { _ in
            TransformerBlock(
                width, heads: configuration.heads, hidden: hidden, dropPath: Float(configuration.dropPath),
                initialization: initialization, using: &generator)
        }
        grouping = configuration.groupingLayers.map { _ in
            GroupingBlock(width, hidden: hidden, initialization: initialization, using: &generator)
        }
        norm = LayerNorm(width, epsilon: 1e-6)
        clipProjection = Linear(width, configuration.commonSpace, initialization: initialization, using: &generator)
        groupProjection = Linear(width, configuration.commonSpace, initialization: initialization, using: &generator)
        globalProjection = Linear(width, configuration.commonSpace, initialization: initialization, using: &generator)
        self.configuration = configuration
    }

    /// Encodes clips.
    ///
    /// - Parameters:
    ///   - tubelets: `[batch, times, rows · columns, values]` from ``Tubelets``.
    ///   - rows: tubelets from top to bottom; the configured number if left out.
    ///   - columns: tubelets from left to right; the configured number if left out.
    public func callAsFunction(_ tubelets: Tensor, rows: Int? = nil, columns: Int? = nil) -> EncodedVideo {
        let (batch, times, patches) = (tubelets.shape[0], tubelets.shape[1], tubelets.shape[2])
        let (rows, columns) = (rows ?? configuration.gridSize, columns ?? configuration.gridSize)
        precondition(patches == rows * columns, "\(patches) tubelets for \(rows) rows of \(columns)")
        let width = configuration.width, count = times * patches
        let embedded = position(tubeletEmbedding(tubelets), rows: rows, columns: columns)
        let groups = groupTokens(with: tubelets).reshaped([1, configuration.groups, width])
            .broadcast(to: [batch, configuration.groups, width])
        var tokens = Tensor.concatenated([embedded.reshaped([batch, count, width]), groups], axis: 1)
        var assignment = Tensor.zeros([batch, count, configuration.groups])
        for (index, block) in blocks.enumerated() {
            tokens = block(tokens)
            guard let groupingIndex = configuration.groupingLayers.firstIndex(of: index + 1) else { continue }
            let video = tokens.slice(axis: 1, 0..<count)
            let gathered = grouping[groupingIndex](
                groups: tokens.slice(axis: 1, count..<(count + configuration.groups)), tokens: video)
            assignment = gathered.assignment
            tokens = .concatenated([video, gathered.groups], axis: 1)
        }
        tokens = norm(tokens)
        let video = tokens.slice(axis: 1, 0..<count)
        let grouped = tokens.slice(axis: 1, count..<(count + configuration.groups))
        return EncodedVideo(
            videoTokens: video.reshaped([batch, times, patches, width]), groupTokens: grouped, assignment: assignment,
            global: FeatureReadout(self).globalVector(video: video, groups: grouped))
    }

    // MARK: - Common space

    /// Clip features, one for each tubelet position in time: `[batch, times, common]`.
    public func clipFeatures(_ encoded: EncodedVideo) -> Tensor { clipProjection(encoded.videoTokens.mean(axes: [2])) }

    /// Group features: `[batch, groups, common]`.
    public func groupFeatures(_ encoded: EncodedVideo) -> Tensor { groupProjection(encoded.groupTokens) }

    /// Global features: `[batch, common]`.
    public func globalFeatures(_ encoded: EncodedVideo) -> Tensor { FeatureReadout(self).globalFeatures(encoded) }

    /// The feature of each clip: `[batch, featureChannels]`.
    public func features(_ encoded: EncodedVideo) -> Tensor { FeatureReadout(self).features(encoded) }
}
