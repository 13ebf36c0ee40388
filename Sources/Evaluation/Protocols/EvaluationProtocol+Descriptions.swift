public import Configuration

extension EvaluationProtocol {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("name", "Its name, printed with every result."),
            .init("about", "A short description of what it follows."),
            .init("task", "What is measured."),
            .init(
                "subset",
                "The subset of the annotations, matched exactly apart from upper and lower case; empty takes every video."
            ),
            .init("tiou", "The temporal IoU thresholds of detection.", unit: "tIoU"),
            .init("compatibility", "Whose corner cases are reproduced."),
            .init("exclude_videos", "Videos that are left out on both sides."),
            .init("exclusion_reasons", "Why each of them is left out."),
            .init(
                "ambiguous_label",
                "Segments of this label are no class of their own; a prediction that touches one is no false positive."),
            .init(
                "max_predictions_per_video",
                "The number of predictions per video that count; those with the highest scores are kept.",
                unit: "predictions"),
            .init(
                "unlisted_videos",
                "How predictions in videos that the evaluated ground truth does not list are treated."),
            .init("recall_multiples", "The k of Recall@kx that are reported (Ego4D)."),
            .init("label_field", "What a label is, where the annotations give several (EPIC-Kitchens)."),
            .init(
                "expected_videos",
                "The numbers of videos that the ground truth of this protocol may have; others are warned about.",
                unit: "videos"),
            .init(
                "expected_segments",
                "The numbers of segments that the ground truth of this protocol may have; others are warned about.",
                unit: "segments"),
            .init("frame_rate", "Frames per second, for tasks that evaluate frames.", unit: "frames per second"),
            .init(
                "frames_per_video",
                "The number of times per video that are evaluated instead of frames at a rate (Charades): j/N of the duration for j from 0 to N - 1."
            ),
            .init(
                "background_labels",
                "Labels of frames in which nothing happens (segmentation); frames without a label count as the first."),
        ]
    }
}
