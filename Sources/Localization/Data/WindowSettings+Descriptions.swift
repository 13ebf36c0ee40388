public import Configuration

extension WindowSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("policy", "How the features of a video are brought to a length that the head takes."),
            .init(
                "overlap", "Share of a window that the next one covers again, for policy sliding.", unit: "share of 1"),
            .init("training_windows", "Which parts of a video an epoch of training sees; all needs policy sliding."),
            .init(
                "required_inside",
                "With training_windows all: a window is trained if at least this share of some segment is inside.",
                unit: "share of 1"),
            .init(
                "crop_shares",
                "Shortest and longest share of a training sequence that is kept by random cropping; null switches it off for sequences that fit, which heads with outputs of a fixed size need.",
                unit: "share of 1", called: "crop_ratio"),
            .init(
                "minimum_inside",
                "A segment stays in a cropped sequence or a window if at least this share of it is inside, and more than nothing.",
                unit: "share of 1", called: "trunc_thresh"),
            .init(
                "positions_at_edges",
                "Whether the positions of a resampled video lie at the beginnings of its cells instead of in their middle, as in OpenTAD."
            ),
            .init(
                "downsampling", "Every how many-th feature vector is used.", unit: "feature vectors",
                called: "downsample_rate"),
            .init("centering", "Whether the mean over time is subtracted from the features of each video."),
            .init(
                "clips_to_features",
                "Whether training leaves out segments that lie mostly behind the last feature and cuts others off there."
            ),
        ]
    }
}
