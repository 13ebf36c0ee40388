import Configuration

/// What lies between the backbone and the output layers.
public enum PyramidNeck: String, Codable, Sendable, CaseIterable {
    /// Each level by itself.
    case identity
    /// A feature pyramid network: coarse levels are added to finer ones (Lin et al., 2017).
    case pyramid
}

/// What all heads on a feature pyramid are set by; defaults are those of ActionFormer for THUMOS14 with I3D features.
public struct CommonPyramidSettings: Codable, Sendable, Equatable {
    // MARK: Input

    /// Channels of each feature stream, side by side in the features; empty for one stream as wide as they are.
    public var inputChannels: [Int] = []
    /// Channels that each stream is projected to before they are joined; empty for no projection.
    public var streamChannels: [Int] = []
    /// Length of training sequences in feature vectors; a multiple of the coarsest stride.
    public var maximumLength = 2304

    // MARK: Backbone

    /// Channels of the backbone.
    public var channels = 512
    /// Convolutions before the first block.
    public var embeddingLayers = 2
    /// Blocks at full resolution.
    public var stemBlocks = 2
    /// Blocks that each lower the resolution.
    public var branchBlocks = 5
    /// By how much each of them does.
    public var scaleFactor = 2
    /// Size of the first convolutions; odd.
    public var embeddingKernel = 3
    /// Whether they are followed by layer normalisation.
    public var embeddingNorm = true
    /// Whether sinusoids of the position are added after the first convolutions.
    public var absolutePositions = false

    // MARK: Neck and output layers

    /// What lies between the backbone and the output layers.
    public var neck = PyramidNeck.identity
    /// Channels of the neck; the identity neck needs those of the backbone.
    public var neckChannels = 512
    /// Whether each level of the neck ends in a normalisation.
    public var neckNorm = true
    /// Groups of channels that are normalised over the real positions of a level, without learned factors; 0 for layer
    /// normalisation.
    public var neckGroups = 0
    /// The first level of the backbone that is used.
    public var startLevel = 0
    /// Channels of the output layers.
    public var headChannels = 512
    /// Convolutions in each output branch, the last one included.
    public var headLayers = 3
    /// Their size; odd.
    public var headKernel = 3
    /// Whether all but the last are followed by layer normalisation.
    public var headNorm = true

    // MARK: Targets and loss

    /// The regression distances each level is responsible for, in units of the feature grid, both ends inclusive.
    public var regressionRanges: [[Float]] = [[0, 4], [4, 8], [8, 16], [16, 32], [32, 64], [64, 10_000]]
    /// Half-width, in strides, of the central part of a segment that is trained; `null` trains all of it.
    public var centerRadius: Float? = 1.5
    /// Weight of the regression loss; 0 or less balances it with the classification loss.
    public var lossWeight = 1.0
    /// Share of a target that is spread over the classes.
    public var labelSmoothing: Float = 0
    /// Where the running number of positives, by which losses are divided, begins.
    public var initialNormalizer = 100.0
    /// Score of every class before training.
    public var priorProbability: Float = 0.01
    /// Classes that no training video has; they begin with a score near 0.
    public var emptyClasses: [Int] = []

    /// Whose code is followed where implementations differ.
    public var conventions = PyramidConventions.authors

    public init() {}
}
