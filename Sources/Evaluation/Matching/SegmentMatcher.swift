import Annotations

/// Matches the ranked predictions of one class to its segments, at all thresholds in one pass.
///
/// The rule of the ActivityNet toolkit: a prediction tries the segments of its video by descending tIoU and takes the
/// first that reaches the threshold and is not yet taken by a better prediction; thresholds do not influence each other.
struct SegmentMatcher {
    /// The matches of the predictions of one class, in ranked order.
    struct Outcome {
        /// Bit `t` is set where the prediction is a true positive at threshold `t`.
        var hits: [UInt64]
        /// Bit `t` is set where the prediction, no hit at threshold `t`, does not count as a false positive either; nil when
        /// no prediction is ignored.
        var ignored: [UInt64]?
        /// Which prediction found which segment at which thresholds.
        var matches: [Match]
        /// For each threshold, the sum of the tIoU of the hits.
        var tIoUSums: [Double]
    }

    /// A prediction that found a segment.
    struct Match {
        /// The rank of the prediction in its class.
        var position: Int32
        /// The position of the segment in the ground truth.
        var segment: Int32
        /// Bit `t` is set for each threshold at which they match.
        var hits: UInt64
    }

    private let truth: GroundTruth
    private let thresholds: [Double]
    private let lowestThreshold: Double
    private let rules: EvaluationRules
    // Segments of the class at hand, by video.
    private var firstSegment: [Int32]
    private var segmentCount: [Int32]

    init(_ truth: GroundTruth, thresholds: [Double], rules: EvaluationRules) {
        self.truth = truth
        self.thresholds = thresholds
        self.rules = rules
        lowestThreshold = thresholds.min() ?? 0
        firstSegment = Array(repeating: 0, count: truth.videos.count)
        segmentCount = Array(repeating: 0, count: truth.videos.count)
    }

    /// Matches the predictions `rows`, best first, to the segments of class `number`.
    ///
    /// - Complexity: linear in predictions times the segments of the same class in the same video.
    mutating func match(
        _ rows: ArraySlice<Int32>, of table: DetectionTable, videos: [Int32], class number: Int
    ) -> Outcome {
        let segments = truth.classOffsets[number]..<truth.classOffsets[number + 1]
        for index in segments.reversed() {
            let video = Int(truth.videoOf[index])
            firstSegment[video] = Int32(index)
            segmentCount[video] += 1
        }
        defer { for index in segments { segmentCount[Int(truth.videoOf[index])] = 0 } }

        var outcome = Outcome(
            hits: [], ignored: truth.ambiguous.isEmpty ? nil : [], matches: [],
            tIoUSums: Array(repeating: 0, count: thresholds.count))
        outcome.hits.reserveCapacity(rows.count)
        var taken = [UInt64](repeating: 0, count: segments.count)
        var candidates: [(tIoU: Double, index: Int)] = []
        for row in rows {
            let row = Int(row)
            let video = videos[Int(table.videoIndices[row])]
            let start = table.starts[row], end = table.ends[row]
            var hits: UInt64 = 0
            let count = video < 0 ? 0 : Int(segmentCount[Int(video)])
            if count > 0 {
                let first = Int(firstSegment[Int(video)])
                if count == 1 {
                    hits = take(tIoU(start, end, first), first, of: segments, except: 0, &taken, &outcome)
                } else {
                    candidates.removeAll(keepingCapacity: true)
                    for index in first..<(first + count) {
                        let value = tIoU(start, end, index)
                        if !(value < lowestThreshold) { candidates.append((value, index)) }
                    }
                    sortCandidates(&candidates)
                    for candidate in candidates {
                        hits |= take(candidate.tIoU, candidate.index, of: segments, except: hits, &taken, &outcome)
                    }
                }
            }
            outcome.hits.append(hits)
            if outcome.ignored != nil {
                let touches = truth.ambiguous[video]?.contains { min(end, $0.end) > max(start, $0.start) } ?? false
                outcome.ignored?.append(touches ? ~hits : 0)
            }
        }
        return outcome
    }

    /// tIoU with a segment; NaN stands for 0/0 where the rule counts that as a hit, as it does in floating point.
    @inline(__always)
    private func tIoU(_ start: Double, _ end: Double, _ index: Int) -> Double {
        let otherStart = truth.starts[index], otherEnd = truth.ends[index]
        let (length, otherLength) = (end - start, otherEnd - otherStart)
        let intersection = TemporalOverlap.intersection(start, end, otherStart, otherEnd)
        guard rules.emptyUnionIsHit || length + otherLength - intersection > 0 else { return 0 }
        return TemporalOverlap.ratio(intersection: intersection, length: length, otherLength: otherLength)
    }

    /// Takes a segment at every threshold that its tIoU reaches and where neither it nor the prediction is taken.
    @inline(__always)
    private func take(
        _ value: Double, _ index: Int, of segments: Range<Int>, except done: UInt64, _ taken: inout [UInt64],
        _ outcome: inout Outcome
    ) -> UInt64 {
        var reached: UInt64 = 0
        // Not "value >= threshold", so that a NaN passes.
        for (bit, threshold) in thresholds.enumerated() where !(value < threshold) { reached |= 1 << UInt64(bit) }
        let hits = reached & ~taken[index - segments.lowerBound] & ~done
        if hits != 0 {
            taken[index - segments.lowerBound] |= hits
            outcome.matches.append(Match(position: Int32(outcome.hits.count), segment: Int32(index), hits: hits))
            let credit = value.isNaN ? 0 : value
            for bit in thresholds.indices where hits >> UInt64(bit) & 1 == 1 { outcome.tIoUSums[bit] += credit }
        }
        return hits
    }

    /// Best first; NaN before all; ties by the rule.
    private func sortCandidates(_ candidates: inout [(tIoU: Double, index: Int)]) {
        guard candidates.count > 1 else { return }
        let isLastFirst = rules.ties == .lastFirst
        candidates.sort { first, second in
            let a = first.tIoU.isNaN ? .infinity : first.tIoU, b = second.tIoU.isNaN ? .infinity : second.tIoU
            if a != b { return a > b }
            return isLastFirst ? first.index > second.index : first.index < second.index
        }
    }
}
