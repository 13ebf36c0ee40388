import Files

/// Picks the proposals of one pyramid level from its dense class scores.
public struct ProposalSelection: Sendable {
    let scoreThreshold: Float
    let limit: Int
    let minimumLength: Float
    let lengthLimit: Float

    public init(_ settings: PostProcessingSettings) {
        scoreThreshold = settings.scoreThreshold
        limit = settings.proposalsPerLevel
        minimumLength = settings.minimumLength
        lengthLimit = settings.lengthLimit ?? .infinity
    }

    /// Scores above the threshold, the best first, at most the limit, whose segments are neither too short nor too long.
    ///
    /// - Parameters:
    ///   - scores: `[points, classes]`, row-major; equal scores keep this order.
    ///   - classes: number of classes.
    ///   - segment: start and end, on the feature grid, of the segment of a point and a class.
    public func select(
        scores: [Float], classes: Int, segment: (_ point: Int, _ label: Int) -> (start: Float, end: Float)
    ) -> Proposals {
        let candidates = scores.indices.filter { scores[$0] > scoreThreshold }
        let order = candidates.sortedByDescending { scores[$0] }.prefix(limit)
        var proposals = Proposals()
        for index in order {
            let (point, label) = index.quotientAndRemainder(dividingBy: classes)
            let (start, end) = segment(point, label)
            // A non-finite boundary compares false and is left out.
            guard end - start > minimumLength, end - start < lengthLimit else { continue }
            proposals.append(start: start, end: end, score: scores[index], label: label)
        }
        return proposals
    }
}
