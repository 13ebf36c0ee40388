import Annotations

/// Recall@kx (Ego4D moment queries): in each video the `k · n` best predictions of a class are evaluated, where `n` is the
/// number of its segments in the video; a segment is recalled when any of them reaches the threshold, without one-to-one matching.
public struct TopMultipleRecall: Sendable, Equatable {
    /// The factor `k`.
    public var multiple: Int
    /// The mean over classes at each threshold.
    public var meanRecall: [Double]
    /// For each class of the ground truth, the recall at each threshold.
    public var classRecall: [[Double]]

    init(matches: DetectionMatches, multiple: Int) {
        let truth = matches.evaluator.truth, table = matches.table, ranked = matches.ranked
        let thresholds = matches.evaluator.evaluationProtocol.tiou
        classRecall = truth.classes.indices.map { number in
            let segments = truth.classOffsets[number]..<truth.classOffsets[number + 1]
            var members: [Int32: [Int]] = [:]
            for index in segments { members[truth.videoOf[index], default: []].append(index) }
            var used: [Int32: Int] = [:]
            var best = [Double](repeating: -1, count: segments.count)
            for row in ranked.rows[ranked.classOffsets[number]..<ranked.classOffsets[number + 1]] {
                let row = Int(row)
                let video = ranked.groundTruthVideo[Int(table.videoIndices[row])]
                guard let own = members[video], used[video, default: 0] < multiple * own.count else { continue }
                used[video, default: 0] += 1
                let segment = Segment(start: table.starts[row], end: table.ends[row])
                for index in own {
                    let other = Segment(start: truth.starts[index], end: truth.ends[index])
                    let value = segment.tIoU(with: other)
                    best[index - segments.lowerBound] = max(best[index - segments.lowerBound], value)
                }
            }
            return thresholds.map { threshold in
                Double(best.count { $0 >= threshold }) / Double(segments.count)
            }
        }
        self.multiple = multiple
        let rows = classRecall
        meanRecall = thresholds.indices.map { threshold in
            rows.reduce(0) { $0 + $1[threshold] } / Double(rows.count)
        }
    }
}
