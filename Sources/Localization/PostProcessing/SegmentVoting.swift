import Annotations

/// Replaces each kept segment by a weighted mean of the proposals around it.
///
/// The weights use the original scores of all proposals, of any class; scores do not change. Lengths are exact here,
/// without the epsilon of suppression.
struct SegmentVoting: Sendable {
    /// Proposals with at least this tIoU to a kept segment vote on it.
    let threshold: Float
    /// What a vote counts.
    let weight: VotingWeight

    func refine(_ kept: Proposals, from proposals: Proposals) -> Proposals {
        var refined = kept
        for index in 0..<kept.count {
            let start = kept.starts[index], end = kept.ends[index]
            var total = 0.0, startSum = 0.0, endSum = 0.0
            for other in 0..<proposals.count {
                let otherStart = proposals.starts[other], otherEnd = proposals.ends[other]
                let overlap = TemporalOverlap.ratio(
                    intersection: TemporalOverlap.intersection(start, end, otherStart, otherEnd),
                    length: end - start, otherLength: otherEnd - otherStart)
                guard overlap >= threshold else { continue }
                let vote = Double(
                    weight == .score ? proposals.scores[other] : proposals.scores[other] * overlap)
                total += vote
                startSum += vote * Double(otherStart)
                endSum += vote * Double(otherEnd)
            }
            // Without a vote (scores of 0) the segment stays as it is.
            guard total > 0 else { continue }
            refined.starts[index] = Float(startSum / total)
            refined.ends[index] = Float(endSum / total)
        }
        return refined
    }
}
