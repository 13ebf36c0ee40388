public import Configuration

extension BMNSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "maximum_length",
                "Length of the sequences in feature vectors. Shorter ones are padded; longer ones need window.policy resample or sliding.",
                unit: "feature vectors", called: "temporal_dim"),
            .init("maximum_duration", "Longest proposals, in feature vectors.", unit: "feature vectors"),
            .init("channels", "Channels of the sequence.", unit: "channels", called: "hidden_dim_1d"),
            .init(
                "groups", "Parts of the channels that the first convolutions and those of the boundaries do not mix."),
            .init("sampled_channels", "Channels of the sequence that proposals are sampled from.", unit: "channels"),
            .init("positions", "Positions at which the features of a proposal are sampled.", called: "num_samples"),
            .init(
                "samples_per_position", "Samples averaged at each position.", unit: "samples",
                called: "num_samples_per_bin"),
            .init(
                "proposal_channels", "Channels that the samples of a proposal are projected to.", unit: "channels",
                called: "hidden_dim_3d"),
            .init("map_channels", "Channels of the map of proposals.", unit: "channels", called: "hidden_dim_2d"),
            .init(
                "boundary_width",
                "Width, in feature vectors, of the interval around a position that is compared with the boundaries of segments.",
                unit: "feature vectors"),
            .init("regression_weight", "Weight of the regression of overlaps."),
            .init("classification_weight", "Weight of the classification of overlaps."),
            .init("candidates", "Which proposals are taken."),
            .init(
                "boundary_scores",
                "Whether a proposal's score is multiplied by the probabilities of its boundaries. OpenTAD does so for proposals, and not for detection."
            ),
        ]
    }
}
