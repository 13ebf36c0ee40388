import Configuration
public import Tensors

/// The architecture and the loss of ``BMN``; defaults are those of its implementation in mmaction2 for ActivityNet.
public struct BMNSettings: HeadSettings {
    /// Length of the sequences in feature vectors. Shorter ones are padded; longer ones need `window.policy` `resample` or
    /// `sliding`.
    public var maximumLength = 100
    /// Longest proposals, in feature vectors.
    public var maximumDuration = 100
    /// Channels of the sequence.
    public var channels = 256
    /// Parts of the channels that the first convolutions and those of the boundaries do not mix.
    public var groups = 4
    /// Channels of the sequence that proposals are sampled from.
    public var sampledChannels = 256
    /// Positions at which the features of a proposal are sampled.
    public var positions = 32
    /// Samples averaged at each position.
    public var samplesPerPosition = 3
    /// Channels that the samples of a proposal are projected to.
    public var proposalChannels = 512
    /// Channels of the map of proposals.
    public var mapChannels = 128
    /// Width, in feature vectors, of the interval around a position that is compared with the boundaries of segments.
    public var boundaryWidth: Float = 2
    /// Weight of the regression of overlaps.
    public var regressionWeight = 10.0
    /// Weight of the classification of overlaps.
    public var classificationWeight = 1.0
    /// Which proposals are taken.
    public var candidates = ProposalCandidates.peaks
    /// Whether a proposal's score is multiplied by the probabilities of its boundaries. OpenTAD does so for proposals, and not
    /// for detection.
    public var boundaryScores = true

    public static var section: String { "bmn" }
    public var isProposalMap: Bool { true }

    public init() {}

    public func validate() throws {
        let positive = [
            ("channels", channels), ("groups", groups), ("sampled_channels", sampledChannels), ("positions", positions),
            ("samples_per_position", samplesPerPosition), ("proposal_channels", proposalChannels),
            ("map_channels", mapChannels), ("maximum_length", maximumLength),
        ]
        try requireSizes(positive)
        if positions * samplesPerPosition < 2 { throw invalid("positions", "must be at least 2 for single samples") }
        if maximumLength < 2 { throw invalid("maximum_length", "must be at least 2") }
        if !(1...maximumLength).contains(maximumDuration) {
            throw invalid("maximum_duration", "must lie between 1 and maximum_length (\(maximumLength))")
        }
        if channels % groups != 0 { throw invalid("groups", "must divide channels (\(channels))") }
        if !(boundaryWidth > 0) { throw invalid("boundary_width", "must be above 0") }
        if regressionWeight < 0 { throw invalid("regression_weight", "must not be negative") }
        if classificationWeight < 0 { throw invalid("classification_weight", "must not be negative") }
        let cells = Double(maximumLength) * Double(maximumDuration)
        let samples = Double(positions) * Double(samplesPerPosition)
        try require(cells * samples, atMost: Self.mostValues, "samples", "maximum_duration")
        try require(
            cells * Double(max(mapChannels, proposalChannels)), atMost: Self.mostValues, "values", "map_channels")
        try require(
            Double(positions) * Double(sampledChannels) * Double(proposalChannels)
                + 4 * Double(channels) * Double(max(channels, sampledChannels))
                + Double(mapChannels) * Double(proposalChannels + 9 * mapChannels), atMost: Self.mostParameters,
            "parameters", "channels")
    }

    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try BMN(self, featureChannels: featureChannels, using: &generator)
    }
}

extension HeadKind {
    public static let bmn = HeadKind(BMNSettings.self)
}

extension LocalizationSettings {
    /// The settings of a BMN head; see ``subscript(_:)``.
    public var bmn: BMNSettings {
        get { self[BMNSettings.self] }
        set { self[BMNSettings.self] = newValue }
    }
}
