public import Configuration

extension GTADSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "maximum_length",
                "Length of the sequences in feature vectors. Shorter ones are padded; longer ones need window.policy resample or sliding.",
                unit: "feature vectors", called: "temporal_scale"),
            .init(
                "maximum_duration", "Longest proposals, in feature vectors.", unit: "feature vectors",
                called: "max_duration"),
            .init("channels", "Channels of the sequence.", unit: "channels", called: "h_dim_1d"),
            .init("embedding_groups", "Parts of the channels that the first convolution does not mix."),
            .init("paths", "Paths of a graph convolution that do not mix.", called: "groups"),
            .init("path_channels", "Channels of each path.", unit: "channels", called: "width_group"),
            .init("neighbors", "Neighbours of a position, itself included.", unit: "positions", called: "k"),
            .init("context", "Over which neighbours features are averaged for the context of a proposal."),
            .init("inner_positions", "Positions at which the features of a proposal are sampled."),
            .init("context_positions", "Positions at which its context is sampled."),
            .init(
                "samples_per_position", "Samples averaged at each position; 0 for as many as a position is long.",
                unit: "samples"),
            .init(
                "symmetric_sampling",
                "Whether a proposal is sampled as far to the right of it as to the left, as in OpenTAD; the authors' code stops one position earlier."
            ),
            .init(
                "proposal_channels", "Channels that the samples of a proposal are projected to.", unit: "channels",
                called: "h_dim_3d"),
            .init("map_channels", "Channels of the map of proposals.", unit: "channels", called: "h_dim_2d"),
            .init("map_kernel", "Size of the convolutions on the map; odd.", unit: "positions"),
            .init(
                "boundary_width",
                "Width, in feature vectors, of the interval around a position that is compared with the boundaries of segments.",
                unit: "feature vectors"),
            .init("regression_weight", "Weight of the regression of overlaps."),
            .init(
                "classification_weight",
                "Weight of the classification of overlaps. The authors' code for THUMOS14 has 10 here and 1 for the regression, their code for ActivityNet the other way round."
            ),
            .init(
                "balance_prior",
                "Cells added to the positive ones, and again to all, when the classification is balanced, so that a batch without positive cells has a finite loss.",
                unit: "cells of the map"),
            .init(
                "compatibility",
                "Whether a fault of the authors' code is kept: with official, a batch with more cells of high overlap than of medium or low overlap counts every cell of the map in the regression, those beyond the sequence too."
            ),
            .init("candidates", "Which proposals are taken; the authors' code for ActivityNet takes peaks."),
        ]
    }
}
