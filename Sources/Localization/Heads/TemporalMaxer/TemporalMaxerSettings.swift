import Configuration

/// The architecture and the loss of ``TemporalMaxer``; defaults are those of the authors for THUMOS14 with I3D features.
public struct TemporalMaxerSettings: PyramidSettings {
    public static var section: String { "temporalmaxer" }

    // MARK: Input

    public var inputChannels: [Int] = []
    public var streamChannels: [Int] = []
    public var maximumLength = 2304

    // MARK: Backbone

    public var channels = 512
    public var embeddingLayers = 2
    /// Always 0: pooling changes nothing at full resolution.
    public var stemBlocks = 0
    public var branchBlocks = 5
    public var scaleFactor = 2
    public var embeddingKernel = 3
    public var embeddingNorm = true
    public var absolutePositions = false

    // MARK: Neck and output layers

    public var neck = PyramidNeck.identity
    public var neckChannels = 512
    public var neckNorm = true
    public var startLevel = 0
    public var headChannels = 512
    public var headLayers = 3
    public var headKernel = 3
    public var headNorm = true

    // MARK: Targets and loss

    public var regressionRanges: [[Float]] = [[0, 4], [4, 8], [8, 16], [16, 32], [32, 64], [64, 10_000]]
    public var centerRadius: Float? = 1.5
    public var lossWeight = 1.0
    public var labelSmoothing: Float = 0
    public var initialNormalizer = 100.0
    public var priorProbability: Float = 0.01
    public var emptyClasses: [Int] = []
    /// Whose code is followed where implementations differ.
    public var conventions = PyramidConventions.authors

    public init() {}

    public func paddingUnit(ofLevel level: Int) -> Int { 1 }

    public func validate() throws {
        try validatePyramid()
        if stemBlocks != 0 { throw refusal("stem_blocks", "must be 0") }
    }
}
