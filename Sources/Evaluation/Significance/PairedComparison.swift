/// Two sets of detections of the same videos, compared by a paired bootstrap: both are evaluated on the same draws.
public struct PairedComparison: Sendable, Equatable {
    public enum Verdict: String, Sendable {
        case better, worse, undecided
    }

    public var first: EvaluationResult
    public var second: EvaluationResult
    public var samples: Int
    public var seed: UInt64
    /// The difference of the average mAP, second minus first.
    public var difference: Double
    /// Its 95 % interval, centred like those of ``DetectionMatches/intervals(samples:seed:progress:)``.
    public var interval: EvaluationResult.Interval
    /// The same for each threshold.
    public var thresholdDifferences: [Double]
    public var thresholdIntervals: [EvaluationResult.Interval]
    /// The fraction of draws in which the second has the higher average mAP; a tie counts half.
    public var shareSecondHigher: Double

    /// Whether the second is better than the first: its interval lies above 0.
    public var verdict: Verdict {
        if interval.lower > 0 { return .better }
        return interval.upper < 0 ? .worse : .undecided
    }

    /// - Parameters:
    ///   - first: matches of the first detections.
    ///   - second: matches of the second, under the same protocol and ground truth.
    ///   - samples: how many times the videos are drawn.
    ///   - seed: the same seed gives the same numbers.
    ///   - progress: called with the number of draws done and their total.
    /// - Throws: ``EvaluationError/notComparable(_:)`` when the protocols or the ground truths differ.
    public init(
        _ first: DetectionMatches, _ second: DetectionMatches, samples: Int, seed: UInt64 = 0,
        progress: ((Int, Int) -> Void)? = nil
    ) throws(EvaluationError) {
        guard samples >= 2 else { throw .invalidSetting("a bootstrap needs at least 2 samples, not \(samples)") }
        guard first.evaluator.evaluationProtocol == second.evaluator.evaluationProtocol else {
            throw .notComparable("they were evaluated by different protocols")
        }
        let truth = first.evaluator.truth, otherTruth = second.evaluator.truth
        guard
            truth.videos == otherTruth.videos && truth.starts == otherTruth.starts && truth.ends == otherTruth.ends
                && truth.classes == otherTruth.classes
        else { throw .notComparable("their ground truths differ") }
        let resamplings = (VideoResampling(first), VideoResampling(second))
        var generator = SplitMix64(seed: seed)
        let thresholdCount = first.thresholds.count
        var differences = [[Double]](repeating: [], count: thresholdCount), averages: [Double] = []
        for sample in 0..<samples {
            let weights = VideoResampling.draw(resamplings.0.videoCount, using: &generator)
            progress?(sample + 1, samples)
            guard let a = resamplings.0.meanAveragePrecision(weights),
                let b = resamplings.1.meanAveragePrecision(weights)
            else { continue }
            for threshold in 0..<thresholdCount { differences[threshold].append(b[threshold] - a[threshold]) }
            averages.append((b.reduce(0, +) - a.reduce(0, +)) / Double(thresholdCount))
        }
        self.first = first.result
        self.second = second.result
        self.samples = samples
        self.seed = seed
        difference = self.second.averageMAP - self.first.averageMAP
        interval = VideoResampling.interval(averages, around: difference)
        thresholdDifferences = zip(self.first.meanAveragePrecision, self.second.meanAveragePrecision).map { $1 - $0 }
        thresholdIntervals = zip(differences, thresholdDifferences).map { VideoResampling.interval($0, around: $1) }
        let shift = averages.isEmpty ? 0 : difference - averages.reduce(0, +) / Double(averages.count)
        let higher = averages.reduce(0.0) { $0 + ($1 + shift > 0 ? 1 : $1 + shift == 0 ? 0.5 : 0) }
        shareSecondHigher = averages.isEmpty ? .nan : higher / Double(averages.count)
    }
}
