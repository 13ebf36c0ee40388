public import Configuration

extension SuppressionSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init("method", "How overlapping proposals compete.", called: "nms_method"),
            .init(
                "overlap_threshold", "tIoU from which hard, vanilla and linear suppress; the others ignore it.",
                unit: "tIoU", called: "iou_threshold"),
            .init("sigma", "Width of the Gaussian decays; larger is milder.", called: "nms_sigma"),
            .init(
                "overlap_base",
                "improved_gaussian decays where tIoU ≥ overlap_base + overlap_slope · length of the better proposal.",
                unit: "tIoU"),
            .init("overlap_slope", "See overlap_base; per unit of the feature grid.", unit: "tIoU per feature vector"),
            .init(
                "minimum_score",
                "Soft methods drop a proposal whose decayed score falls below this; hard first drops scores up to this.",
                unit: "score, 0 to 1", called: "min_score"),
            .init(
                "maximum_segments", "Most segments kept of a video, and of each class when class-wise.",
                unit: "segments", called: "max_seg_num"),
            .init("class_wise", "Whether only proposals of the same class compete.", called: "multiclass_nms"),
            .init(
                "voting_threshold",
                "tIoU from which neighbours vote on the boundaries of a kept segment; 0 turns voting off. Only used when not class-wise.",
                unit: "tIoU", called: "voting_thresh"),
            .init("voting_weight", "What a neighbour counts in the vote."),
        ]
    }
}
