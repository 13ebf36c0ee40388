import Foundation
import Tensors

/// What a point-based head computes on each pyramid level, finest first.
public struct PointPredictions {
    /// `[batch, points, classes]`
    public var logits: [Tensor]
    /// `[batch, points, 2]`: distances to start and end in units of the level's stride.
    public var offsets: [Tensor]
    /// Which points are real.
    public var masks: [SequenceMask]

    /// The proposals of each item: the best points of each level and the segments they regress to.
    ///
    /// - Parameter levels: the points of each level.
    func proposals(levels: [PointLevel], settings: PostProcessingSettings) -> [Proposals] {
        let selection = ProposalSelection(settings)
        return (0..<(masks.first?.lengths.count ?? 0)).map { item in
            var proposals = Proposals()
            for (index, level) in levels.enumerated() {
                let classes = logits[index].shape[2], count = masks[index].lengths[item]
                let first = item * masks[index].paddedLength
                let scores = logits[index].withElements { logits in
                    logits[(first * classes)..<((first + count) * classes)].map { 1 / (1 + exp(-$0)) }
                }
                let distances = offsets[index].withElements { Array($0[(2 * first)..<(2 * (first + count))]) }
                proposals.append(
                    contentsOf: selection.select(scores: scores, classes: classes) { point, _ in
                        let position = level.position(point)
                        return (
                            position - distances[2 * point] * level.stride,
                            position + distances[2 * point + 1] * level.stride
                        )
                    })
            }
            return proposals
        }
    }
}
