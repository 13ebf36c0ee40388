/// The result of an evaluation, with the rule that it followed and all counts.
public struct EvaluationResult: Sendable, Equatable {
    /// The results of one class.
    public struct ClassResult: Sendable, Equatable {
        public var label: String
        /// Segments to find.
        public var segmentCount: Int
        /// Predictions of this label that took part.
        public var predictionCount: Int
        /// One value for each threshold.
        public var averagePrecision: [Double]
    }

    /// A 95 % interval.
    public struct Interval: Sendable, Equatable {
        public var lower: Double
        public var upper: Double
    }

    /// Bootstrap intervals over videos.
    public struct Intervals: Sendable, Equatable {
        public var samples: Int
        public var seed: UInt64
        public var averageMAP: Interval
        /// One for each threshold.
        public var meanAveragePrecision: [Interval]
    }

    /// The protocol that was followed.
    public var evaluationProtocol: EvaluationProtocol
    /// The temporal IoU thresholds.
    public var thresholds: [Double]
    public var counts: EvaluationCounts
    /// Every class of the ground truth, in the order of the annotations' labels.
    public var classes: [ClassResult]
    /// The mean over classes at each threshold.
    public var meanAveragePrecision: [Double]
    /// For each threshold, the mean tIoU of the true positives; nil where there is none.
    public var meanMatchedTIoU: [Double?]
    /// Recall@kx, where the protocol asks for it.
    public var topMultipleRecall: [TopMultipleRecall] = []
    /// AR@AN, if requested.
    public var proposalRecall: ProposalRecall?
    /// Intervals, if requested.
    public var intervals: Intervals?
    /// What was evaluated, where it came from files.
    public var inputs: EvaluationInputs?

    /// Warnings that a reader should know before trusting the numbers.
    public var warnings: [String] {
        var warnings: [String] = []
        if let mismatch = evaluationProtocol.mismatch(
            videos: counts.groundTruthVideos, segments: counts.groundTruthSegments)
        {
            warnings.append(mismatch + "; the result is not comparable with published ones")
        }
        if counts.hasNoSubsets {
            warnings.append(
                "the ground truth names no subsets: all of its videos were taken for '\(evaluationProtocol.subset)'")
        }
        if counts.predictionsEvaluated == 0 { warnings.append("no prediction takes part: every value is 0") }
        if let problem = counts.unitProblem { warnings.append(problem) }
        return warnings
    }

    /// The mean over thresholds of the mean over classes.
    public var averageMAP: Double {
        meanAveragePrecision.reduce(0, +) / Double(meanAveragePrecision.count)
    }

    /// A threshold as written in results: with two decimals, or more where two are not exact.
    public static func thresholdNames(_ thresholds: [Double]) -> [String] {
        for decimals in 2...6 {
            let names = thresholds.map { fixed($0, decimals) }
            let isExact = zip(names, thresholds).allSatisfy { name, value in
                Double(name).map { abs($0 - value) < 1e-9 } ?? false
            }
            if isExact { return names }
        }
        return thresholds.map { "\($0)" }
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
        let digits = String(Int((value * scale).rounded()))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
