/// Interpolated average precision from ranked hits.
enum AveragePrecision {
    /// How often each video counts in a bootstrap sample.
    struct Sample {
        /// For each prediction of the class, its video, or -1 for one that always counts once.
        let videos: [Int32]
        /// For each video, how often it was drawn.
        let weights: [Int32]

        @inline(__always)
        func weight(_ position: Int) -> Int {
            let video = Int(videos[position])
            return video < 0 ? 1 : Int(weights[video])
        }
    }

    /// The average precision of one class at every threshold.
    ///
    /// The area under the precision-recall curve whose precision is made monotone from the right (VOC 2011): each hit adds
    /// its part of the recall times the best precision at its rank or any later one. Only hits can raise that maximum, so only
    /// they are kept.
    ///
    /// - Parameters:
    ///   - hits: for each prediction, best first, the thresholds at which it is a true positive.
    ///   - ignored: for each prediction, the thresholds at which it is left out when it is no hit.
    ///   - segmentCount: how many segments there are to find, those drawn twice counted twice.
    ///   - thresholdCount: how many thresholds the hits are for.
    ///   - sample: how often each prediction counts; once where it is nil.
    ///   - normalisedCount: the number of segments that precision is normalised to (DETAD, section 3.2, after Hoiem et al.
    ///     2012), so that groups of different size compare; nil for plain precision.
    /// - Returns: one value a threshold; 0 without predictions.
    static func values(
        hits: [UInt64], ignored: [UInt64]? = nil, segmentCount: Int, thresholdCount: Int, sample: Sample? = nil,
        normalisedCount: Double? = nil
    ) -> [Double] {
        var precisions = [[Double]](repeating: [], count: thresholdCount)
        var hitWeights = [[Int]](repeating: [], count: sample == nil ? 0 : thresholdCount)
        var found = [Int](repeating: 0, count: thresholdCount)
        var left = [Int](repeating: 0, count: thresholdCount)
        var seen = 0
        for position in hits.indices {
            let bits = hits[position]
            let weight = sample?.weight(position) ?? 1
            if weight == 0 { continue }
            seen += weight
            let ignoredBits = ignored?[position] ?? 0
            if bits | ignoredBits == 0 { continue }
            for threshold in 0..<thresholdCount {
                if bits >> UInt64(threshold) & 1 == 1 {
                    found[threshold] += weight
                    let counted = seen - left[threshold]
                    let precision: Double
                    if let normalisedCount, segmentCount > 0 {
                        let hits = Double(found[threshold]) / Double(segmentCount) * normalisedCount
                        precision = hits / (hits + Double(counted - found[threshold]))
                    } else {
                        precision = Double(found[threshold]) / Double(counted)
                    }
                    precisions[threshold].append(precision)
                    if sample != nil { hitWeights[threshold].append(weight) }
                } else if ignoredBits >> UInt64(threshold) & 1 == 1 {
                    left[threshold] += weight
                }
            }
        }
        return (0..<thresholdCount).map { threshold in
            var best = 0.0, sum = 0.0
            for position in precisions[threshold].indices.reversed() {
                best = max(best, precisions[threshold][position])
                sum += sample == nil ? best : best * Double(hitWeights[threshold][position])
            }
            return segmentCount > 0 ? sum / Double(segmentCount) : 0
        }
    }

    /// Recall and precision after each prediction of a class at one threshold.
    static func curve(
        _ outcome: SegmentMatcher.Outcome, segmentCount: Int, threshold: Int
    ) -> [(recall: Double, precision: Double)] {
        var found = 0, seen = 0
        var points: [(recall: Double, precision: Double)] = []
        for position in outcome.hits.indices {
            let isHit = outcome.hits[position] >> UInt64(threshold) & 1 == 1
            if !isHit, let ignored = outcome.ignored, ignored[position] >> UInt64(threshold) & 1 == 1 { continue }
            seen += 1
            found += isHit ? 1 : 0
            points.append((Double(found) / Double(segmentCount), Double(found) / Double(seen)))
        }
        return points
    }
}
