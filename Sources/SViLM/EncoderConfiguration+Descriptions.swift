public import Configuration

extension EncoderConfiguration {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("kind", "Kind of encoder, for readers of the file: always svilm."),
            .init("name", "Name stored with the features."),
            .init("frames", "Frames of a clip; even.", unit: "frames"),
            .init("image_size", "Height and width of a frame in pixels; a multiple of patch_size.", unit: "pixels"),
            .init(
                "patch_size", "Height and width of a tubelet in pixels. A tubelet is two frames long.", unit: "pixels"),
            .init("tubelet", "How the two frames of a tubelet are presented to the embedding."),
            .init("difference_scale", "Factor on the difference of the two frames, for mean_difference."),
            .init("width", "Channels of a token.", unit: "channels"),
            .init("depth", "Transformer layers.", unit: "layers"),
            .init("heads", "Attention heads; divides the width."),
            .init("feed_forward_ratio", "Hidden channels of the feed-forward networks, as a multiple of the width."),
            .init("groups", "Group tokens."),
            .init(
                "group_deviation",
                "Standard deviation of the initial group tokens. Attention adds similar vectors to all of them, so tokens that start too small become equal."
            ),
            .init(
                "grouping_after",
                "The layers, counted from 1, after which tokens are grouped; empty for half, three quarters and all of the depth.",
                unit: "layers"),
            .init("common_space", "Channels of the space shared with text.", unit: "channels"),
            .init("global", "The tokens that the global vector is computed from."),
            .init("feature", "The feature of a snippet."),
            .init("feature_space", "The space of the feature."),
            .init(
                "drop_path", "Probability of dropping a branch during training (stochastic depth).", unit: "share of 1"),
            .init(
                "time_dropout",
                "Probability of dropping temporal position embeddings during training, so the objectives cannot be solved from position alone.",
                unit: "share of 1"),
            .init("mean", "Mean of red, green and blue in 0…1, subtracted first.", unit: "colour, 0 to 1"),
            .init(
                "deviation",
                "Standard deviation of red, green and blue in 0…1; they are divided by it. The name is the key of the file, which feature files store as part of their origin.",
                unit: "colour, 0 to 1"),
            .init("sampling", "The frames of a video that make up a clip."),
        ]
    }
}
