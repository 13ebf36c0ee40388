public import Configuration

extension PostProcessingSettings {
    /// What the settings mean.
    public static var descriptions: [SettingDescription] {
        [
            .init(
                "score_threshold", "Only class scores above this become proposals.", unit: "score, 0 to 1",
                called: "pre_nms_thresh"),
            .init(
                "proposals_per_level", "Most proposals taken from each level of the feature pyramid, the best first.",
                unit: "proposals", called: "pre_nms_topk"),
            .init(
                "maximum_proposals", "Most proposals of a video that compete, the best first; 0 for all.",
                unit: "proposals"),
            .init(
                "minimum_length", "Only proposals longer than this, in units of the feature grid, are kept.",
                unit: "feature vectors", called: "duration_thresh"),
            .init(
                "length_limit",
                "Proposals of this length or more, in units of the feature grid, are left out; null for no limit. G-TAD leaves out those of 300 frames.",
                unit: "feature vectors"),
            .init(
                "minimum_score",
                "Detections of a lower score are left out at the very end, after suppression, fusion and naming.",
                unit: "score, 0 to 1"),
            .init(
                "suppresses_windows",
                "Whether the proposals of each sliding window compete by themselves before those of all windows do, as in G-TAD."
            ),
            .init("suppression", "How overlapping proposals compete."),
            .init(
                "fusion", "How video-level class scores are joined with segment scores; unused where there are none."),
        ]
    }
}
