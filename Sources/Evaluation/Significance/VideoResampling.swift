import Annotations

/// Draws videos with replacement and computes the mAP of each draw from matches that are made once.
///
/// Matching never crosses videos, so a video drawn twice simply counts twice. A class without a segment in a draw is
/// left out of the mean of that draw. Predictions in videos outside the ground truth count once in every draw.
struct VideoResampling {
    private let matches: DetectionMatches
    /// For each class, the video of each ranked prediction.
    private let videosOfPredictions: [[Int32]]
    /// For each class, the video of each segment.
    private let videosOfSegments: [ArraySlice<Int32>]

    init(_ matches: DetectionMatches) {
        self.matches = matches
        let truth = matches.evaluator.truth, ranked = matches.ranked, table = matches.table
        videosOfPredictions = truth.classes.indices.map { number in
            ranked.rows[ranked.classOffsets[number]..<ranked.classOffsets[number + 1]].map { row in
                ranked.groundTruthVideo[Int(table.videoIndices[Int(row)])]
            }
        }
        videosOfSegments = truth.classes.indices.map { number in
            truth.videoOf[truth.classOffsets[number]..<truth.classOffsets[number + 1]]
        }
    }

    var videoCount: Int { matches.evaluator.truth.videos.count }

    /// How often each of `count` videos occurs among `count` draws.
    static func draw(_ count: Int, using generator: inout some RandomNumberGenerator) -> [Int32] {
        var weights = [Int32](repeating: 0, count: count)
        for _ in 0..<count { weights[Int.random(in: 0..<count, using: &generator)] += 1 }
        return weights
    }

    /// The mAP at each threshold when video `v` counts `weights[v]` times; nil when no segment was drawn.
    func meanAveragePrecision(_ weights: [Int32]) -> [Double]? {
        let thresholdCount = matches.thresholds.count
        var sums = [Double](repeating: 0, count: thresholdCount)
        var classCount = 0
        for number in videosOfPredictions.indices {
            let segmentCount = videosOfSegments[number].reduce(0) { $0 + Int(weights[Int($1)]) }
            if segmentCount == 0 { continue }
            classCount += 1
            let values = AveragePrecision.values(
                hits: matches.outcomes[number].hits, ignored: matches.outcomes[number].ignored,
                segmentCount: segmentCount, thresholdCount: thresholdCount,
                sample: .init(videos: videosOfPredictions[number], weights: weights))
            for threshold in 0..<thresholdCount { sums[threshold] += values[threshold] }
        }
        return classCount == 0 ? nil : sums.map { $0 / Double(classCount) }
    }

    /// The middle 95 % of the drawn values, between neighbours by linear interpolation, moved so that their mean lies on the
    /// value of the whole data set.
    ///
    /// A draw holds some videos several times and others not at all, which raises the precision envelope: the mAP of draws is
    /// higher on average, by a point or more where classes have few videos. Only their spread is used.
    static func interval(_ values: [Double], around centre: Double) -> EvaluationResult.Interval {
        let shift = values.isEmpty ? 0 : centre - values.reduce(0, +) / Double(values.count)
        let sorted = values.map { $0 + shift }.sorted()
        func quantile(_ fraction: Double) -> Double {
            guard !sorted.isEmpty else { return .nan }
            let position = fraction * Double(sorted.count - 1)
            let lower = Int(position.rounded(.down)), upper = min(lower + 1, sorted.count - 1)
            return sorted[lower] + (sorted[upper] - sorted[lower]) * (position - Double(lower))
        }
        return EvaluationResult.Interval(lower: quantile(0.025), upper: quantile(0.975))
    }
}

extension DetectionMatches {
    /// 95 % bootstrap intervals of the mAP over videos: the percentiles of the draws, centred on the mAP itself.
    ///
    /// - Parameters:
    ///   - samples: how many times the videos are drawn.
    ///   - seed: the same seed gives the same intervals.
    ///   - progress: called with the number of draws done and their total.
    public func intervals(
        samples: Int, seed: UInt64 = 0, progress: ((Int, Int) -> Void)? = nil
    ) throws(EvaluationError) -> EvaluationResult.Intervals {
        guard samples >= 2 else { throw .invalidSetting("a bootstrap needs at least 2 samples, not \(samples)") }
        let resampling = VideoResampling(self)
        var generator = SplitMix64(seed: seed)
        var values = [[Double]](repeating: [], count: thresholds.count), averages: [Double] = []
        for sample in 0..<samples {
            let weights = VideoResampling.draw(resampling.videoCount, using: &generator)
            progress?(sample + 1, samples)
            guard let map = resampling.meanAveragePrecision(weights) else { continue }
            for threshold in thresholds.indices { values[threshold].append(map[threshold]) }
            averages.append(map.reduce(0, +) / Double(map.count))
        }
        let whole = result
        return EvaluationResult.Intervals(
            samples: samples, seed: seed, averageMAP: VideoResampling.interval(averages, around: whole.averageMAP),
            meanAveragePrecision: zip(values, whole.meanAveragePrecision).map {
                VideoResampling.interval($0, around: $1)
            })
    }
}

/// A small seeded generator (Steele, Lea and Flood 2014), so that this module depends on no other.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
