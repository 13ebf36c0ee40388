import Annotations

/// Greedy suppression: the best proposal removes those that overlap it, then the next best of the rest does the same.
enum HardSuppression {
    /// Indices of the kept proposals in the order in which they were selected.
    ///
    /// - Parameters:
    ///   - overlapThreshold: proposals with a tIoU of at least this to a better one are removed.
    ///   - minimumScore: if above 0, proposals with scores up to this are left out from the start.
    ///   - limit: selection stops after this many.
    static func select(
        from proposals: Proposals, overlapThreshold: Float, minimumScore: Float, limit: Int
    ) -> [Int] {
        var order = proposals.descendingOrder
        if minimumScore > 0 { order.removeAll { proposals.scores[$0] <= minimumScore } }
        let starts = order.map { proposals.starts[$0] }
        let ends = order.map { proposals.ends[$0] }
        let count = order.count
        var isRemoved = [Bool](repeating: false, count: count)
        var kept: [Int] = []
        starts.withUnsafeBufferPointer { starts in
            ends.withUnsafeBufferPointer { ends in
                isRemoved.withUnsafeMutableBufferPointer { isRemoved in
                    for best in 0..<count where !isRemoved[best] {
                        kept.append(order[best])
                        if kept.count == limit { return }
                        let start = starts[best], end = ends[best]
                        let length = end - start + overlapEpsilon
                        var other = best + 1
                        while other < count {
                            let overlap = TemporalOverlap.ratio(
                                intersection: TemporalOverlap.intersection(start, end, starts[other], ends[other]),
                                length: length, otherLength: ends[other] - starts[other] + overlapEpsilon)
                            if overlap >= overlapThreshold { isRemoved[other] = true }
                            other += 1
                        }
                    }
                }
            }
        }
        return kept
    }
}

/// Added to the length of segments so that two empty ones do not divide by zero; part of the reference definition.
let overlapEpsilon: Float = 1e-6
