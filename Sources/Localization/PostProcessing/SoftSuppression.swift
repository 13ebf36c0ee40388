import Annotations
import Foundation

/// Soft suppression: the best proposal lowers the scores of those that overlap it, then the next best does the same.
///
/// Bodla et al., "Soft-NMS: improving object detection with one line of code", 2017; the order in which equal scores
/// are visited is that of the common C++ implementation, which swaps elements in a buffer.
struct SoftSuppression {
    /// A proposal that was selected and its score at that moment.
    struct Selection {
        let index: Int
        let score: Float
    }

    let settings: SuppressionSettings

    init(_ settings: SuppressionSettings) { self.settings = settings }

    /// Selections in order, which is also by descending score, at most `limit`.
    func select(from proposals: Proposals, limit: Int) -> [Selection] {
        var buffer = Buffer(proposals)
        defer { buffer.deallocate() }
        var selections: [Selection] = []
        selections.reserveCapacity(min(limit, buffer.count))
        var position = 0
        var best = buffer.indexOfBest(from: 0)
        while position < buffer.count, selections.count < limit {
            buffer.swapAt(position, best)
            selections.append(Selection(index: buffer.indices[position], score: buffer.scores[position]))
            decay(&buffer, after: position)
            best = buffer.dropWeak(after: position, below: settings.minimumScore)
            position += 1
        }
        return selections
    }

    /// Multiplies every score after `position` by its weight. All overlaps are computed first: that loop vectorises.
    private func decay(_ buffer: inout Buffer, after position: Int) {
        let start = buffer.starts[position], end = buffer.ends[position], length = buffer.lengths[position]
        let starts = buffer.starts, ends = buffer.ends, lengths = buffer.lengths
        let overlaps = buffer.overlaps, scores = buffer.scores, count = buffer.count
        var other = position + 1
        while other < count {
            overlaps[other] = TemporalOverlap.ratio(
                intersection: TemporalOverlap.intersection(start, end, starts[other], ends[other]), length: length,
                otherLength: lengths[other])
            other += 1
        }
        other = position + 1
        switch settings.method {
        case .gaussian, .improvedGaussian:
            let bound =
                settings.method == .gaussian ? 0 : settings.overlapBase + settings.overlapSlope * length
            let sigma = settings.sigma
            while other < count {
                let overlap = overlaps[other]
                // Without overlap the weight is 1; skipping it skips most of the exponentials.
                if overlap > 0, overlap >= bound { scores[other] *= exp(-(overlap * overlap) / sigma) }
                other += 1
            }
        case .linear:
            while other < count {
                if overlaps[other] >= settings.overlapThreshold { scores[other] *= 1 - overlaps[other] }
                other += 1
            }
        case .vanilla:
            while other < count {
                if overlaps[other] >= settings.overlapThreshold { scores[other] = 0 }
                other += 1
            }
        case .none, .hard:
            return
        }
    }
}

extension SoftSuppression {
    /// The live proposals in their present order, one array for each property.
    private struct Buffer {
        private(set) var count: Int
        let starts: UnsafeMutablePointer<Float>
        let ends: UnsafeMutablePointer<Float>
        let lengths: UnsafeMutablePointer<Float>
        let scores: UnsafeMutablePointer<Float>
        let overlaps: UnsafeMutablePointer<Float>
        let indices: UnsafeMutablePointer<Int>

        init(_ proposals: Proposals) {
            count = proposals.count
            starts = .allocate(capacity: max(1, 5 * count))
            ends = starts + count
            lengths = ends + count
            scores = lengths + count
            overlaps = scores + count
            indices = .allocate(capacity: max(1, count))
            for index in 0..<count {
                let start = proposals.starts[index], end = proposals.ends[index]
                starts[index] = start
                ends[index] = end
                lengths[index] = end - start + overlapEpsilon
                scores[index] = proposals.scores[index]
                overlaps[index] = 0
                indices[index] = index
            }
        }

        func deallocate() {
            starts.deallocate()
            indices.deallocate()
        }

        func swapAt(_ first: Int, _ second: Int) {
            guard first != second else { return }
            swap(&starts[first], &starts[second])
            swap(&ends[first], &ends[second])
            swap(&lengths[first], &lengths[second])
            swap(&scores[first], &scores[second])
            swap(&indices[first], &indices[second])
        }

        /// The first of the highest scores at or after `position`.
        func indexOfBest(from position: Int) -> Int {
            var best = position
            var other = position + 1
            while other < count {
                if scores[other] > scores[best] { best = other }
                other += 1
            }
            return best
        }

        /// Drops scores below `bound` after `position`, each replaced by the last live element, and returns the place of
        /// the first of the highest scores that remain.
        mutating func dropWeak(after position: Int, below bound: Float) -> Int {
            var best = position + 1
            var bestScore = -Float.infinity
            var other = position + 1
            while other < count {
                let score = scores[other]
                if score < bound {
                    count -= 1
                    starts[other] = starts[count]
                    ends[other] = ends[count]
                    lengths[other] = lengths[count]
                    scores[other] = scores[count]
                    indices[other] = indices[count]
                } else {
                    if score > bestScore {
                        best = other
                        bestScore = score
                    }
                    other += 1
                }
            }
            return best
        }
    }
}
