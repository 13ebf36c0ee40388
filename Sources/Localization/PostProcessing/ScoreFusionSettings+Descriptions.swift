public import Configuration

extension ScoreFusionSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "scores", "The file with the class scores of whole videos; see load for the kinds.",
                called: "ext_score_file"),
            .init(
                "classes", "A list of class names, one a line, for an array whose columns have no names of their own."),
            .init("videos", "A list of videos, one a line, for an array whose rows have no names of their own."),
            .init("softmax", "Whether the scores are logits, to be turned into probabilities."),
            .init("formula", "How the two scores become one."),
            .init("class_weight", "Weight of the class score for weighted; 0.5 is the geometric mean."),
            .init("top_classes", "Each segment is given to this many best classes of its video.", unit: "classes"),
            .init("maximum_segments", "Only this many best segments of a video are used.", unit: "segments"),
        ]
    }
}
