import Configuration

/// What the feature pyramid is computed with.
public enum PyramidBackbone: String, Codable, Sendable, CaseIterable {
    /// Transformer blocks with local or global attention.
    case transformer
    /// Residual blocks of plain convolutions.
    case convolution
}

/// The architecture and the loss of ``ActionFormer``; defaults are those of the authors for THUMOS14 with I3D features.
public struct ActionFormerSettings: PyramidSettings {
    // MARK: Input

    /// Channels of each feature stream, side by side in the features; empty for one stream as wide as they are.
    public var inputChannels: [Int] = []
    /// Channels that each stream is projected to before they are joined; empty for no projection.
    public var streamChannels: [Int] = []
    /// Length of training sequences in feature vectors; a multiple of the coarsest stride.
    public var maximumLength = 2304

    // MARK: Backbone

    /// What the feature pyramid is computed with.
    public var backbone = PyramidBackbone.transformer
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
    /// Attention heads.
    public var heads = 4
    /// Attention window of each level, odd, or one for all; 1 or less is global attention.
    public var windows = [19]
    /// Whether sinusoids of the position are added after the first convolutions.
    public var absolutePositions = false
    /// Whether local attention learns a bias for each relative position.
    public var relativePositions = false
    /// Share of values dropped in the blocks while training.
    public var dropout: Float = 0
    /// Chance that a residual branch is left out while training; with 0 the branches have no learned scale either.
    public var dropPath: Float = 0.1

    // MARK: Neck and output layers

    /// What lies between the backbone and the output layers.
    public var neck = PyramidNeck.identity
    /// Channels of the neck; the identity neck needs those of the backbone.
    public var neckChannels = 512
    /// Whether each level of the neck ends in layer normalisation.
    public var neckNorm = true
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

    public static var section: String { "actionformer" }

    /// The attention window of a level.
    func window(ofLevel level: Int) -> Int { windows.count == 1 ? windows[0] : windows[level] }

    public func paddingUnit(ofLevel level: Int) -> Int {
        let window = backbone == .transformer ? window(ofLevel: level) : 1
        return max(1, window / 2 * 2)
    }

    public func validate() throws {
        try validatePyramid()
        if heads < 1 { throw refusal("heads", "must be at least 1") }
        if windows.count != 1 && windows.count != branchBlocks + 1 {
            throw refusal("windows", "needs one number or one for each of the \(branchBlocks + 1) levels")
        }
        if windows.contains(where: { $0 > 1 && $0 % 2 == 0 }) { throw refusal("windows", "must be odd, or 1 or less") }
        if channels % heads != 0 { throw refusal("heads", "must divide channels (\(channels))") }
        if relativePositions && windows.contains(where: { $0 <= 1 }) {
            throw refusal("relative_positions", "needs local attention on every level")
        }
        for (key, value) in [("dropout", dropout), ("drop_path", dropPath)] where !(0..<1).contains(value) {
            throw refusal(key, "must be at least 0 and below 1")
        }
    }
}
