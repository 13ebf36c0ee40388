import Configuration

/// What lies between the backbone and the output layers.
public enum PyramidNeck: String, Codable, Sendable, CaseIterable {
    /// Each level by itself.
    case identity
    /// A feature pyramid network: coarse levels are added to finer ones (Lin et al., 2017).
    case pyramid
}

/// What the heads on a feature pyramid have in common: input, pyramid, output layers, targets and loss. Sequences are
/// embedded by convolutions, lowered in resolution level by level, and classified and regressed at every point of every
/// level.
public protocol PyramidSettings: Configurable {
    /// The key of these settings in a configuration file.
    static var section: String { get }

    /// Channels of each feature stream, side by side in the features; empty for one stream as wide as they are.
    var inputChannels: [Int] { get set }
    /// Channels that each stream is projected to before they are joined; empty for no projection.
    var streamChannels: [Int] { get set }
    /// Length of training sequences in feature vectors; a multiple of the coarsest stride.
    var maximumLength: Int { get set }

    /// Channels of the backbone.
    var channels: Int { get set }
    /// Convolutions before the first block.
    var embeddingLayers: Int { get set }
    /// Blocks at full resolution.
    var stemBlocks: Int { get set }
    /// Blocks that each lower the resolution.
    var branchBlocks: Int { get set }
    /// By how much each of them does.
    var scaleFactor: Int { get set }
    /// Size of the first convolutions; odd.
    var embeddingKernel: Int { get set }
    /// Whether they are followed by layer normalisation.
    var embeddingNorm: Bool { get set }
    /// Whether sinusoids of the position are added after the first convolutions.
    var absolutePositions: Bool { get set }

    /// What lies between the backbone and the output layers.
    var neck: PyramidNeck { get set }
    /// Channels of the neck; the identity neck needs those of the backbone.
    var neckChannels: Int { get set }
    /// Whether each level of the neck ends in layer normalisation.
    var neckNorm: Bool { get set }
    /// The first level of the backbone that is used.
    var startLevel: Int { get set }
    /// Channels of the output layers.
    var headChannels: Int { get set }
    /// Convolutions in each output branch, the last one included.
    var headLayers: Int { get set }
    /// Their size; odd.
    var headKernel: Int { get set }
    /// Whether all but the last are followed by layer normalisation.
    var headNorm: Bool { get set }

    /// The regression distances each level is responsible for, in units of the feature grid, both ends inclusive.
    var regressionRanges: [[Float]] { get set }
    /// Half-width, in strides, of the central part of a segment that is trained; `null` trains all of it.
    var centerRadius: Float? { get set }
    /// Weight of the regression loss; 0 or less balances it with the classification loss.
    var lossWeight: Double { get set }
    /// Share of a target that is spread over the classes.
    var labelSmoothing: Float { get set }
    /// Where the running number of positives, by which losses are divided, begins.
    var initialNormalizer: Double { get set }
    /// Score of every class before training.
    var priorProbability: Float { get set }
    /// Classes that no training video has; they begin with a score near 0.
    var emptyClasses: [Int] { get set }

    /// Whose code is followed where implementations differ.
    var conventions: PyramidConventions { get set }

    /// Positions of a level to whose multiple the reference implementation pads long sequences.
    func paddingUnit(ofLevel level: Int) -> Int
    /// Padded positions of the coarsest level that outputs at real ones can depend on.
    var paddingReach: Int { get }
    /// Whether outputs depend on the amount of padding, so that all of the reference's must be computed.
    var dependsOnPadding: Bool { get }
}

extension PyramidSettings {
    public var paddingReach: Int { max(1, headKernel / 2) }
    public var dependsOnPadding: Bool { false }

    /// Number of pyramid levels that reach the output layers.
    public var levels: Int { branchBlocks + 1 - startLevel }

    /// Feature vectors from one point to the next, for each level that is used, finest first.
    public var strides: [Int] { (startLevel..<(branchBlocks + 1)).map { stride(ofLevel: $0) } }

    /// Feature vectors from one point of a level of the backbone to the next.
    func stride(ofLevel level: Int) -> Int { (0..<level).reduce(1) { product, _ in product * scaleFactor } }

    /// The unit to which the reference implementation pads sequences longer than ``maximumLength``.
    var nominalUnit: Int { (0...branchBlocks).map { stride(ofLevel: $0) * paddingUnit(ofLevel: $0) }.max() ?? 1 }

    /// The channels of each stream of features with so many.
    ///
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)``
    func streams(ofFeatures channels: Int) throws(LocalizationError) -> [Int] {
        let streams = inputChannels.isEmpty ? [channels] : inputChannels
        guard streams.reduce(0, +) == channels else {
            throw .featureChannels(found: channels, expected: streams.reduce(0, +))
        }
        return streams
    }

    func refusal(_ key: String, _ problem: String) -> ConfigurationError {
        .invalidValue(file: "", key: "\(Self.section).\(key)", problem: problem)
    }

    /// Checks all that this protocol names.
    func validatePyramid() throws {
        let positive = [
            ("channels", channels), ("embedding_layers", embeddingLayers), ("neck_channels", neckChannels),
            ("head_channels", headChannels), ("head_layers", headLayers),
        ]
        for (key, value) in positive where value < 1 { throw refusal(key, "must be at least 1") }
        if stemBlocks < 0 { throw refusal("stem_blocks", "must not be negative") }
        if branchBlocks < 0 { throw refusal("branch_blocks", "must not be negative") }
        if scaleFactor < 2 { throw refusal("scale_factor", "must be at least 2") }
        for (key, value) in [("embedding_kernel", embeddingKernel), ("head_kernel", headKernel)] {
            if value < 1 || value % 2 == 0 { throw refusal(key, "must be odd") }
        }
        if !(0...branchBlocks).contains(startLevel) { throw refusal("start_level", "must be a level of the backbone") }
        if neck == .identity && neckChannels != channels {
            throw refusal("neck_channels", "must equal channels (\(channels)) with the identity neck")
        }
        if regressionRanges.count != levels || regressionRanges.contains(where: { $0.count != 2 }) {
            throw refusal("regression_ranges", "needs two numbers for each of the \(levels) levels")
        }
        if maximumLength < 1 || maximumLength % (strides.last ?? 1) != 0 {
            throw refusal("maximum_length", "must be a multiple of the coarsest stride, \(strides.last ?? 1)")
        }
        if !streamChannels.isEmpty {
            if streamChannels.count != inputChannels.count {
                throw refusal("stream_channels", "needs one number for each of input_channels")
            }
            if streamChannels.reduce(0, +) != channels {
                throw refusal("stream_channels", "must add up to channels (\(channels))")
            }
        }
        if inputChannels.contains(where: { $0 < 1 }) { throw refusal("input_channels", "must be positive") }
        if !(0..<1).contains(labelSmoothing) { throw refusal("label_smoothing", "must be at least 0 and below 1") }
        if !(priorProbability > 0 && priorProbability < 1) {
            throw refusal("prior_probability", "must lie between 0 and 1")
        }
        if initialNormalizer <= 0 { throw refusal("initial_normalizer", "must be above 0") }
    }
}
