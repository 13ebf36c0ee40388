import Configuration
public import Tensors

/// Over which neighbours ``GTAD`` averages features for the context of a proposal.
public enum GraphContext: String, Codable, Sendable, CaseIterable {
    /// No context.
    case none
    /// Those that are most similar after the last graph convolution.
    case last
    /// Those found by both graph convolutions of the backbone.
    case all
}

/// The architecture and the loss of ``GTAD``; defaults are those of the authors for THUMOS14 with two-stream TSN features.
public struct GTADSettings: HeadSettings {
    // MARK: Network

    /// Length of the sequences in feature vectors. Shorter ones are padded; longer ones need `window.policy` `resample` or
    /// `sliding`.
    public var maximumLength = 256
    /// Longest proposals, in feature vectors.
    public var maximumDuration = 64
    /// Channels of the sequence.
    public var channels = 256
    /// Parts of the channels that the first convolution does not mix.
    public var embeddingGroups = 4
    /// Paths of a graph convolution that do not mix.
    public var paths = 32
    /// Channels of each path.
    public var pathChannels = 4
    /// Neighbours of a position, itself included.
    public var neighbors = 3
    /// Over which neighbours features are averaged for the context of a proposal.
    public var context = GraphContext.last
    /// Positions at which the features of a proposal are sampled.
    public var innerPositions = 16
    /// Positions at which its context is sampled.
    public var contextPositions = 16
    /// Samples averaged at each position; 0 for as many as a position is long.
    public var samplesPerPosition = 0
    /// Whether a proposal is sampled as far to the right of it as to the left, as in OpenTAD; the authors' code stops one position
    /// earlier.
    public var symmetricSampling = false
    /// Channels that the samples of a proposal are projected to.
    public var proposalChannels = 512
    /// Channels of the map of proposals.
    public var mapChannels = 128
    /// Size of the convolutions on the map; odd.
    public var mapKernel = 3

    // MARK: Targets and loss

    /// Width, in feature vectors, of the interval around a position that is compared with the boundaries of segments.
    public var boundaryWidth: Float = 1
    /// Weight of the regression of overlaps.
    public var regressionWeight = 1.0
    /// Weight of the classification of overlaps. The authors' code for THUMOS14 has 10 here and 1 for the regression, their
    /// code for ActivityNet the other way round.
    public var classificationWeight = 10.0
    /// Cells added to the positive ones, and again to all, when the classification is balanced, so that a batch without
    /// positive cells has a finite loss.
    public var balancePrior = 10.0
    /// Whether a fault of the authors' code is kept: with `official`, a batch with more cells of high overlap than of medium
    /// or low overlap counts every cell of the map in the regression, those beyond the sequence too.
    public var compatibility = HeadCompatibility.fixed

    // MARK: Proposals

    /// Which proposals are taken; the authors' code for ActivityNet takes `peaks`.
    public var candidates = ProposalCandidates.all

    public static var section: String { "gtad" }
    public var isProposalMap: Bool { true }

    public init() {}

    public func validate() throws {
        let positive = [
            ("channels", channels), ("embedding_groups", embeddingGroups), ("paths", paths),
            ("path_channels", pathChannels), ("inner_positions", innerPositions),
            ("proposal_channels", proposalChannels), ("map_channels", mapChannels),
            ("maximum_length", maximumLength), ("map_kernel", mapKernel),
        ]
        try requireSizes(positive)
        if maximumLength < 2 { throw invalid("maximum_length", "must be at least 2") }
        if !(1...maximumLength).contains(maximumDuration) {
            throw invalid("maximum_duration", "must lie between 1 and maximum_length (\(maximumLength))")
        }
        if channels % embeddingGroups != 0 { throw invalid("embedding_groups", "must divide channels (\(channels))") }
        if !(1...maximumLength).contains(neighbors) {
            throw invalid("neighbors", "must lie between 1 and maximum_length (\(maximumLength))")
        }
        if context != .none && contextPositions < 1 { throw invalid("context_positions", "must be at least 1") }
        if !(0...1024).contains(samplesPerPosition) {
            throw invalid("samples_per_position", "must be from 0 to 1024")
        }
        try requireSizes([("context_positions", max(1, contextPositions))])
        if mapKernel < 1 || mapKernel % 2 == 0 { throw invalid("map_kernel", "must be odd") }
        if !(boundaryWidth > 0) { throw invalid("boundary_width", "must be above 0") }
        for (key, value) in [
            ("regression_weight", regressionWeight), ("classification_weight", classificationWeight),
            ("balance_prior", balancePrior),
        ] where value < 0 {
            throw invalid(key, "must not be negative")
        }
        let cells = Double(maximumLength) * Double(maximumDuration)
        let positions = Double(innerPositions) + Double(max(0, contextPositions))
        let width = Double(channels), paths = Double(paths) * Double(pathChannels)
        try require(cells * positions, atMost: Self.mostValues, "positions sampled", "maximum_duration")
        try require(
            cells * Double(max(mapChannels, proposalChannels)), atMost: Self.mostValues, "values", "map_channels")
        try require(
            positions * width * Double(proposalChannels) + 4 * width * (width + paths), atMost: Self.mostParameters,
            "parameters", "channels")
        try require(
            Double(mapKernel) * Double(mapKernel) * Double(mapChannels) * Double(mapChannels)
                + Double(mapChannels) * Double(proposalChannels), atMost: Self.mostParameters, "parameters",
            "map_channels")
    }

    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try GTAD(self, featureChannels: featureChannels, using: &generator)
    }
}

extension HeadKind {
    public static let gtad = HeadKind(GTADSettings.self)
}

extension LocalizationSettings {
    /// The settings of a G-TAD head; see ``subscript(_:)``.
    public var gtad: GTADSettings {
        get { self[GTADSettings.self] }
        set { self[GTADSettings.self] = newValue }
    }
}
