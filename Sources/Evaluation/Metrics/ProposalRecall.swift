public import Annotations

/// AR@AN and its area under the curve by the rule of the ActivityNet proposal evaluator.
///
/// Labels are ignored. The number of proposals a video may use grows with how many it has: the same fraction of the
/// list of every video is evaluated, so that the mean over videos of the ground truth is `AN`.
public struct ProposalRecall: Sendable, Equatable {
    /// Points on the axis, as in the reference.
    private static let points = 100
    /// The thresholds of the reference: 0.5 to 0.95 in steps of 0.05, in its floating-point values.
    public static let referenceThresholds: [Double] = (0..<10).map { 0.5 + Double($0) * ((0.95 - 0.5) / 9) }

    public var thresholds: [Double]
    /// Average number of proposals at each of 100 points.
    public var proposalsPerVideo: [Double]
    /// Recall at each threshold and point.
    public var recall: [[Double]]
    /// Mean over thresholds at each point.
    public var averageRecall: [Double]
    /// Area under ``averageRecall`` over ``proposalsPerVideo``, divided by the last of these; 0 to 1.
    public var areaUnderCurve: Double
    /// Evaluated proposals, and proposals in videos that the ground truth does not list.
    public var proposalCount: Int
    public var unlistedCount: Int

    /// The average recall at an average number of proposals from 1 to 100; meaningful when the limit was 100.
    public subscript(averageNumber number: Int) -> Double { averageRecall[min(max(number, 1), Self.points) - 1] }
}

extension Evaluator {
    /// AR@AN of detections taken as proposals.
    ///
    /// - Parameters:
    ///   - proposals: detections, whose labels are not used.
    ///   - limit: the largest average number of proposals; nil takes all there are.
    ///   - thresholds: the temporal IoU thresholds that are averaged.
    /// - Throws: ``EvaluationError`` when there is no proposal to evaluate.
    public func proposalRecall(
        _ proposals: DetectionTable, limit: Int? = 100,
        thresholds: [Double] = ProposalRecall.referenceThresholds
    ) throws(EvaluationError) -> ProposalRecall {
        let usable = proposals.indices.filter { row in
            proposals.starts[row].isFinite && proposals.ends[row].isFinite && proposals.scores[row].isFinite
                && !truth.excluded.contains(proposals.videos[Int(proposals.videoIndices[row])])
        }
        guard !usable.isEmpty else {
            throw .invalidSetting("no usable proposal: AR@AN is undefined without any")
        }
        return ProposalRecallComputation(self, proposals, usable, limit, thresholds).result
    }
}

/// The parts of the computation.
private struct ProposalRecallComputation {
    let result: ProposalRecall

    init(
        _ evaluator: Evaluator, _ table: DetectionTable, _ usable: [Int], _ limit: Int?, _ thresholds: [Double]
    ) {
        let truth = evaluator.truth
        // Segments of all classes, by video.
        var segments = [[Segment]](repeating: [], count: truth.videos.count)
        for index in 0..<truth.count {
            segments[Int(truth.videoOf[index])].append(Segment(start: truth.starts[index], end: truth.ends[index]))
        }
        let videos = segments.indices.filter { !segments[$0].isEmpty }
        let numbers = table.videos.map { truth.videoIndices[$0] ?? -1 }
        var members = [[Int]](repeating: [], count: truth.videos.count)
        var unlisted = 0
        for row in usable {
            let video = numbers[Int(table.videoIndices[row])]
            if video < 0 { unlisted += 1 } else { members[Int(video)].append(row) }
        }
        Self.rank(&members, table, evaluator.rules)

        let videoCount = Double(videos.count)
        let perVideo = limit.map(Double.init) ?? Double(usable.count) / videoCount
        let ratio = perVideo * videoCount / Double(usable.count)
        let kept = videos.map { min(Int(Double(members[$0].count) * ratio), members[$0].count) }
        let total = kept.reduce(0, +)
        let points = 100
        let fractions = (1...points).map {
            Double($0) / Double(points) * (perVideo * videoCount / Double(max(total, 1)))
        }
        var matches = [[Int]](repeating: Array(repeating: 0, count: points), count: thresholds.count)
        let segmentTotal = truth.count
        for (position, video) in videos.enumerated() where kept[position] > 0 {
            let limits = fractions.map { min(Int(Double(kept[position]) * $0), kept[position]) }
            for segment in segments[video] {
                let firsts = Self.firstRanks(segment, members[video].prefix(kept[position]), table, thresholds)
                for (row, first) in firsts.enumerated() {
                    guard let first else { continue }
                    for point in 0..<points where limits[point] > first { matches[row][point] += 1 }
                }
            }
        }
        let recall = matches.map { $0.map { Double($0) / Double(segmentTotal) } }
        let average = (0..<points).map { point in
            recall.reduce(0) { $0 + $1[point] } / Double(thresholds.count)
        }
        let axis = fractions.map { $0 * (Double(total) / videoCount) }
        var area = 0.0
        for point in 1..<points {
            area += (axis[point] - axis[point - 1]) * (average[point] + average[point - 1]) / 2
        }
        result = ProposalRecall(
            thresholds: thresholds, proposalsPerVideo: axis, recall: recall, averageRecall: average,
            areaUnderCurve: axis[points - 1] > 0 ? area / axis[points - 1] : 0, proposalCount: usable.count,
            unlistedCount: unlisted)
    }

    /// Best score first, ties by the rule.
    private static func rank(_ members: inout [[Int]], _ table: DetectionTable, _ rules: EvaluationRules) {
        let order = ContentOrder(table)
        for video in members.indices {
            members[video].sort { first, second in
                let a = table.scores[first], b = table.scores[second]
                if a != b { return a > b }
                switch rules.ties {
                case .byContent: return order.precedes(Int32(first), Int32(second), in: table)
                case .lastFirst: return first > second
                }
            }
        }
    }

    /// For each threshold, the rank of the first proposal that reaches it.
    private static func firstRanks(
        _ segment: Segment, _ rows: ArraySlice<Int>, _ table: DetectionTable, _ thresholds: [Double]
    ) -> [Int?] {
        var firsts = [Int?](repeating: nil, count: thresholds.count)
        var best = -1.0
        for (rank, row) in rows.enumerated() {
            // A tIoU of 0/0 is a miss here in the reference evaluators too.
            let value = Segment(start: table.starts[row], end: table.ends[row]).tIoU(with: segment)
            guard value > best else { continue }
            best = value
            for index in thresholds.indices where firsts[index] == nil && value >= thresholds[index] {
                firsts[index] = rank
            }
        }
        return firsts
    }
}
