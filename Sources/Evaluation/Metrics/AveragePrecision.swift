/// Interpolated average precision from ranked hits.
enum AveragePrecision {
    /// The average precision of one class at every threshold.
    ///
    /// The area under the precision-recall curve whose precision is made monotone from the right (VOC 2011): each hit adds
    /// its share of recall times the best precision at its rank or any later one. Only hits can raise that maximum, so only
    /// they are kept.
    ///
    /// - Parameters:
    ///   - outcome: the hits of the class, best prediction first.
    ///   - segmentCount: how many segments there are to find, in weighted terms where `weights` is given.
    ///   - thresholdCount: how many thresholds the hits are for.
    ///   - weights: how often each prediction counts; once where it is nil.
    /// - Returns: one value a threshold; 0 without predictions.
    static func values(
        _ outcome: SegmentMatcher.Outcome, segmentCount: Int, thresholdCount: Int, weights: ((Int) -> Int)? = nil
    ) -> [Double] {
        var precisions = [[Double]](repeating: [], count: thresholdCount)
        var shares = [[Int]](repeating: [], count: weights == nil ? 0 : thresholdCount)
        var found = [Int](repeating: 0, count: thresholdCount)
        var ignored = [Int](repeating: 0, count: thresholdCount)
        var ignoredAtAll = 0
        var seen = 0
        for position in outcome.hits.indices {
            let hits = outcome.hits[position]
            let weight = weights.map { $0(position) } ?? 1
            if weight == 0 { continue }
            seen += weight
            let isAmbiguous = outcome.isAmbiguous?[position] ?? false
            if hits == 0 {
                if isAmbiguous { ignoredAtAll += weight }
                continue
            }
            for threshold in 0..<thresholdCount {
                if hits >> UInt64(threshold) & 1 == 1 {
                    found[threshold] += weight
                    let counted = seen - ignoredAtAll - ignored[threshold]
                    precisions[threshold].append(Double(found[threshold]) / Double(counted))
                    if weights != nil { shares[threshold].append(weight) }
                } else if isAmbiguous {
                    ignored[threshold] += weight
                }
            }
        }
        return (0..<thresholdCount).map { threshold in
            var best = 0.0, sum = 0.0
            for position in precisions[threshold].indices.reversed() {
                best = max(best, precisions[threshold][position])
                sum += weights == nil ? best : best * Double(shares[threshold][position])
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
            if !isHit, outcome.isAmbiguous?[position] ?? false { continue }
            seen += 1
            found += isHit ? 1 : 0
            points.append((Double(found) / Double(segmentCount), Double(found) / Double(seen)))
        }
        return points
    }
}
