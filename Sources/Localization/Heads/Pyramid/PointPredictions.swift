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

    /// The proposals of each item: the best points of each level and the segments they regress to.
    ///
    /// - Parameter levels: the points of each level.
    func proposals(levels: [PointLevel], settings: PostProcessingSettings) -> [Proposals] {
        proposals(levels: levels, settings: settings) { level, item in
            let count = masks[level].lengths[item], first = item * masks[level].paddedLength
            let distances = offsets[level].withElements { Array($0[(2 * first)..<(2 * (first + count))]) }
            return { point, _ in (distances[2 * point], distances[2 * point + 1]) }
        }
    }

    /// The proposals of each item, for distances that may differ from class to class.
    ///
    /// - Parameters:
    ///   - levels: the points of each level.
    ///   - distances: gives the distances, in strides, of the points of a level and an item.
    func proposals(
        levels: [PointLevel], settings: PostProcessingSettings,
        distances: (_ level: Int, _ item: Int) -> (_ point: Int, _ label: Int) -> (left: Float, right: Float)
    ) -> [Proposals] {
        let selection = ProposalSelection(settings)
        return (0..<(masks.first?.lengths.count ?? 0)).map { item in
            var proposals = Proposals()
            for (index, level) in levels.enumerated() {
                let classes = logits[index].shape[2], count = masks[index].lengths[item]
                let first = item * masks[index].paddedLength
                let scores = logits[index].withElements { logits in
                    logits[(first * classes)..<((first + count) * classes)].map { 1 / (1 + exp(-$0)) }
                }
                let reach = distances(index, item)
                proposals.append(
                    contentsOf: selection.select(scores: scores, classes: classes) { point, label in
                        let position = level.position(point), (left, right) = reach(point, label)
                        return (position - left * level.stride, position + right * level.stride)
                    })
            }
            return proposals
        }
    }
}
