public import Configuration

/// The architecture and the loss of ``BMN``; defaults are those of its implementation in mmaction2 for ActivityNet.
public struct BMNSettings: Configurable {
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

    public init() {}

    public func validate() throws {
        func refuse(_ key: String, _ problem: String) -> ConfigurationError {
            .invalidValue(file: "", key: "bmn.\(key)", problem: problem)
        }
        let positive = [
            ("channels", channels), ("groups", groups), ("sampled_channels", sampledChannels), ("positions", positions),
            ("samples_per_position", samplesPerPosition), ("proposal_channels", proposalChannels),
            ("map_channels", mapChannels),
        ]
        for (key, value) in positive where value < 1 { throw refuse(key, "must be at least 1") }
        if positions * samplesPerPosition < 2 { throw refuse("positions", "must be at least 2 for single samples") }
        if maximumLength < 2 { throw refuse("maximum_length", "must be at least 2") }
        if !(1...maximumLength).contains(maximumDuration) {
            throw refuse("maximum_duration", "must lie between 1 and maximum_length (\(maximumLength))")
        }
        if channels % groups != 0 { throw refuse("groups", "must divide channels (\(channels))") }
        if !(boundaryWidth > 0) { throw refuse("boundary_width", "must be above 0") }
        if regressionWeight < 0 { throw refuse("regression_weight", "must not be negative") }
        if classificationWeight < 0 { throw refuse("classification_weight", "must not be negative") }
    }
}
