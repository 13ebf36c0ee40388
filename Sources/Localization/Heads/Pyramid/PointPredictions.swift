import Foundation
public import Tensors

/// What a point-based head computes on each pyramid level, finest first.
public struct PointPredictions {
    /// `[batch, points, classes]`
    public var logits: [Tensor]
    /// `[batch, points, 2]`: distances to start and end in units of the level's stride. Heads that derive them from more
    /// numbers have those here.
    public var offsets: [Tensor]
    /// Which points are real.
    public var masks: [SequenceMask]

    /// The focal loss of the classes and the distance-IoU loss of the positives' distances.
    func losses(_ batch: PointHeadBatch) -> [Tensor] {
        [
            batch.focalLoss.sum(.concatenated(logits, axis: 1), targets: batch.labels, rows: batch.valid),
            DistanceIoULoss().sum(
                .concatenated(offsets, axis: 1), targets: batch.offsets, rows: batch.positives),
        ]
    }

    /// The highest score of each class at each position of an item, `[length, classes]`: of each level the point that is
    /// nearest to the position counts, the later one of two.
    ///
    /// - Parameters:
    ///   - length: the real positions of the item.
    ///   - levels: the points of each level.
    func bestScores(item: Int, length: Int, levels: [PointLevel]) -> Tensor {
        let classes = logits[0].shape[2]
        // The logistic function rises, so the highest logit gives the highest score.
        var best = [Float](repeating: -.infinity, count: length * classes)
        for (index, level) in levels.enumerated() {
            let first = item * masks[index].paddedLength, last = masks[index].lengths[item] - 1
            guard last >= 0 else { continue }
            logits[index].withElements { logits in
                for position in 0..<length {
                    let point = min(last, Int((Float(position) / level.stride + 0.5).rounded(.down)))
                    for label in 0..<classes {
                        let place = position * classes + label
                        best[place] = max(best[place], logits[(first + point) * classes + label])
                    }
                }
            }
        }
        return Tensor(best.map { 1 / (1 + exp(-$0)) }, shape: [length, classes])
    }

    /// Number of sequences.
    var itemCount: Int { masks.first?.lengths.count ?? 0 }

    /// The best points of each level of one item and the segments they regress to, of any length.
    ///
    /// - Parameters:
    ///   - levels: the points of each level.
    ///   - part: where the item lies in a longer sequence.
    func candidates(
        levels: [PointLevel], item: Int, part: SequencePart, settings: PostProcessingSettings
    ) -> [Proposals] {
        candidates(levels: levels, item: item, part: part, settings: settings) { level in
            let count = masks[level].lengths[item], first = item * masks[level].paddedLength
            let distances = offsets[level].withElements { Array($0[(2 * first)..<(2 * (first + count))]) }
            return { point, _ in (distances[2 * point], distances[2 * point + 1]) }
        }
    }

    /// The same for distances that may differ from class to class.
    ///
    /// - Parameter distances: gives the distances, in strides, of the points of a level.
    func candidates(
        levels: [PointLevel], item: Int, part: SequencePart, settings: PostProcessingSettings,
        distances: (_ level: Int) -> (_ point: Int, _ label: Int) -> (left: Float, right: Float)
    ) -> [Proposals] {
        let selection = ProposalSelection(settings)
        return levels.enumerated().map { index, level in
            let classes = logits[index].shape[2], first = item * masks[index].paddedLength
            let points = part.points(of: level, count: masks[index].lengths[item])
            let scores = logits[index].withElements { logits in
                logits[((first + points.lowerBound) * classes)..<((first + points.upperBound) * classes)]
                    .map { 1 / (1 + exp(-$0)) }
            }
            let reach = distances(index), offset = part.first / Int(level.stride)
            return selection.best(scores: scores, classes: classes) { point, label in
                let point = points.lowerBound + point
                let position = level.position(offset + point), (left, right) = reach(point, label)
                return (position - left * level.stride, position + right * level.stride)
            }
        }
    }
}

/// Where a sequence lies in a longer one, and about which points of it the head decides there.
public struct SequencePart: Sendable {
    /// The position of its first feature in the longer one; a multiple of the strides.
    public let first: Int
    /// The positions in the longer one of the points that count.
    public let decided: Range<Double>

    /// A sequence by itself.
    static let whole = SequencePart(first: 0, decided: -.infinity..<(.infinity))

    /// The points of a level, of which there are `count`, that count.
    func points(of level: PointLevel, count: Int) -> Range<Int> {
        func index(_ bound: Double) -> Int {
            Int(min(max(((bound - Double(first)) / Double(level.stride)).rounded(.up), 0), Double(count)))
        }
        return index(decided.lowerBound)..<index(decided.upperBound)
    }
}
