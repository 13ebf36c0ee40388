/// How much was evaluated, what was left out and what was unusual.
public struct EvaluationCounts: Hashable, Sendable {
    /// A count, with the first few names that it applies to.
    public struct Finding: Hashable, Sendable {
        public var count = 0
        public var examples: [String] = []

        mutating func add(_ example: @autoclosure () -> String) {
            count += 1
            if examples.count < 3 {
                let text = example()
                if !examples.contains(text) { examples.append(text) }
            }
        }

        mutating func add(_ amount: Int, _ example: String) {
            count += amount
            if examples.count < 3 && !examples.contains(example) { examples.append(example) }
        }
    }

    /// Videos of the evaluated ground truth, those without a segment included.
    public var groundTruthVideos = 0
    /// Segments to find.
    public var groundTruthSegments = 0
    /// Labels with at least one segment.
    public var classes = 0
    /// Predictions given.
    public var predictions = 0
    /// Predictions that take part.
    public var predictionsEvaluated = 0
    /// Videos with predictions that take part.
    public var predictedVideos = 0

    // Left out of the ground truth.
    public var excludedVideos = Finding()
    public var duplicateGroundTruth = Finding()
    public var emptyGroundTruth = Finding()
    public var ambiguousSegments = Finding()

    // Left out of the predictions.
    public var predictionsInExcludedVideos = Finding()
    public var unknownLabels = Finding()
    public var nonFinitePredictions = Finding()
    public var predictionsBeyondLimit = Finding()

    /// Predictions in videos that the ground truth does not list: false positives, or left out where the protocol says so.
    public var predictionsInUnlistedVideos = Finding()

    /// Predictions in videos that the annotations give to another subset: left out by the plain rule, false positives by those
    /// of reference code.
    public var predictionsInOtherSubsets = Finding()

    // Kept, but odd.
    public var predictionsWithoutLength = Finding()
    public var predictionsBeforeZero = Finding()
    public var negativeScores = Finding()
    /// Predictions that end more than a second after the duration that the annotations give their video.
    public var predictionsPastEnd = Finding()
    /// Predictions in videos whose duration is known, and how many of them lie in the first second of one longer than ten.
    var predictionsOfKnownDuration = 0, predictionsInFirstSecond = 0
    /// Videos of the ground truth without any prediction.
    public var videosWithoutPrediction = Finding()
    /// Whether the ground truth names no subsets, so that all of it was taken.
    public var hasNoSubsets = false
    /// Whether predictions in unlisted videos were left out.
    var unlistedAreLeftOut = false
    /// Whether predictions in videos of other subsets were left out.
    var otherSubsetsAreLeftOut = true

    public init() {}

    mutating func add(end: Double, duration: Double?, of video: String) {
        guard let duration else { return }
        predictionsOfKnownDuration += 1
        if end > duration + 1 { predictionsPastEnd.add(video) }
        if end <= 1, duration > 10 { predictionsInFirstSecond += 1 }
    }

    /// What the times of predictions may be in place of seconds; nil where they look like seconds.
    var unitProblem: String? {
        let known = predictionsOfKnownDuration
        guard known >= 5 else { return nil }
        if predictionsPastEnd.count * 5 >= known * 4 {
            return
                "\(predictionsPastEnd.count) of \(known) predictions end after their video: their times may be in milliseconds or "
                + "frames, where seconds are expected"
        }
        return predictionsInFirstSecond < known
            ? nil
            : "all \(known) predictions end within the first second of their videos, which are longer than 10 s: their times may be "
                + "fractions of the video, where seconds are expected"
    }

    /// All counts, each with a name for programs and a sentence for people, including zeros.
    public var findings: [(key: String, sentence: String, finding: Finding)] {
        [
            ("excluded_videos", "videos of the ground truth excluded by the protocol", excludedVideos),
            ("duplicate_ground_truth", "ground-truth segments left out: given twice", duplicateGroundTruth),
            ("empty_ground_truth", "ground-truth segments left out: no length, or end before start", emptyGroundTruth),
            ("ambiguous_segments", "ambiguous segments: predictions touching them are ignored", ambiguousSegments),
            (
                "predictions_in_excluded_videos", "predictions left out: in excluded videos",
                predictionsInExcludedVideos
            ),
            ("unknown_labels", "predictions left out: label not in the ground truth", unknownLabels),
            ("non_finite_predictions", "predictions left out: time or score not finite", nonFinitePredictions),
            ("predictions_beyond_limit", "predictions left out: beyond the limit a video", predictionsBeyondLimit),
            (
                "predictions_in_unlisted_videos",
                "predictions in videos not in the ground truth: "
                    + (unlistedAreLeftOut ? "left out" : "false positives"), predictionsInUnlistedVideos
            ),
            (
                "predictions_in_other_subsets",
                "predictions in videos of other subsets: "
                    + (otherSubsetsAreLeftOut ? "left out" : "false positives"), predictionsInOtherSubsets
            ),
            (
                "predictions_without_length", "predictions kept though their end is not after their start",
                predictionsWithoutLength
            ),
            ("predictions_before_zero", "predictions kept though they start before 0", predictionsBeforeZero),
            ("negative_scores", "predictions kept though their score is negative", negativeScores),
            (
                "predictions_past_end", "predictions kept though they end more than 1 s after their video",
                predictionsPastEnd
            ),
            ("videos_without_prediction", "ground-truth videos without any prediction", videosWithoutPrediction),
        ]
    }
}
