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
        passing([best(scores: scores, classes: classes, segment: segment)])
    }

    /// Scores above the threshold, the best first, at most the limit, whatever the length of their segments.
    ///
    /// - Parameters: as for ``select(scores:classes:segment:)``.
    func best(
        scores: [Float], classes: Int, segment: (_ point: Int, _ label: Int) -> (start: Float, end: Float)
    ) -> Proposals {
        let candidates = scores.indices.filter { scores[$0] > scoreThreshold }
        var proposals = Proposals()
        for index in candidates.sortedByDescending({ scores[$0] }).prefix(limit) {
            let (point, label) = index.quotientAndRemainder(dividingBy: classes)
            let (start, end) = segment(point, label)
            proposals.append(start: start, end: end, score: scores[index], label: label)
        }
        return proposals
    }

    /// The best of those of two neighbouring parts of a sequence, the earlier first: the same as the best of both parts together.
    func best(of earlier: Proposals, and later: Proposals) -> Proposals {
        guard !earlier.isEmpty, !later.isEmpty else { return earlier.isEmpty ? later : earlier }
        var all = earlier
        all.append(contentsOf: later)
        return all.selecting(Array(all.descendingOrder.prefix(limit)))
    }

    /// The best of all levels whose segments are neither too short nor too long, level by level.
    func passing(_ levels: [Proposals]) -> Proposals {
        var result = Proposals()
        for level in levels {
            result.append(
                contentsOf: level.selecting(
                    // A non-finite boundary compares false and is left out.
                    level.scores.indices.filter { index in
                        let length = level.ends[index] - level.starts[index]
                        return length > minimumLength && length < lengthLimit
                    }))
        }
        return result
    }
}
