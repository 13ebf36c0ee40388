import Foundation
import Tensors

/// Distances as expectations over bins: the scores of a class's boundaries around a point plus those that the point gives
/// to each distance (Shi et al., "TriDet", 2023, section 3.3, eq. 4 to 6).
///
/// With `n` bins beyond the first, start scores `S`, end scores `E` and a point's own scores `L` and `R`:
/// `left = Σ pⱼ (n - j)` for `p = softmax(S[t - n + j] + Lⱼ)` and `right = Σ qⱼ j` for `q = softmax(E[t + j] + Rⱼ)`, with scores of 0
/// outside the sequence.
struct TridentDecoder: Sendable {
    /// Bins beyond the first.
    let bins: Int

    /// The distances of one class at one point.
    struct Entry: Sendable, Equatable {
        let item: Int
        let point: Int
        let label: Int
    }

    /// What a level's output layers give.
    struct Level {
        /// `[batch, points, classes]`
        let starts: Tensor
        /// `[batch, points, classes]`
        let ends: Tensor
        /// `[batch, points, 2 (bins + 1)]`, those of the left first.
        let offsets: Tensor
    }

    /// The distances to start and end in strides, `[entries, 2]`.
    func distances(_ level: Level, _ entries: [Entry]) -> Tensor {
        let values = Tensor([entries.count, 2]) { target in
            forEachSide(level, entries) { index, side, scores in
                target[2 * index + side] = Float(expectation(of: scores, side: side).mean)
            }
        }
        return .custom(values, inputs: [level.starts, level.ends, level.offsets]) { gradient in
            backward(level, entries, gradient)
        }
    }

    private func backward(_ level: Level, _ entries: [Entry], _ gradient: Tensor) -> [Tensor?] {
        let (points, classes) = (level.starts.shape[1], level.starts.shape[2])
        var byBoundary = [Tensor.zeros(level.starts.shape), Tensor.zeros(level.ends.shape)]
        var byOffset = Tensor.zeros(level.offsets.shape)
        let incoming = gradient.elements
        forEachSide(level, entries) { index, side, scores in
            let (shares, mean) = expectation(of: scores, side: side)
            let entry = entries[index]
            byOffset.withMutableElements { byOffset in
                byBoundary[side].withMutableElements { byBoundary in
                    for bin in 0...bins {
                        let slope = Float(shares[bin] * (distance(bin, side: side) - mean)) * incoming[2 * index + side]
                        let row = entry.item * points + entry.point
                        byOffset[(row * 2 + side) * (bins + 1) + bin] += slope
                        let position = position(entry.point, bin, side: side)
                        guard (0..<points).contains(position) else { continue }
                        byBoundary[(entry.item * points + position) * classes + entry.label] += slope
                    }
                }
            }
        }
        return byBoundary + [byOffset]
    }

    /// How far a bin is from the point; side 0 is the left.
    private func distance(_ bin: Int, side: Int) -> Double { Double(side == 0 ? bins - bin : bin) }

    /// Where the boundary of a bin lies.
    private func position(_ point: Int, _ bin: Int, side: Int) -> Int { side == 0 ? point - bins + bin : point + bin }

    private func expectation(of scores: [Double], side: Int) -> (shares: [Double], mean: Double) {
        let largest = scores.max() ?? 0
        let exponentials = scores.map { exp($0 - largest) }
        let sum = exponentials.reduce(0, +)
        let shares = exponentials.map { $0 / sum }
        return (shares, shares.indices.reduce(0) { $0 + shares[$1] * distance($1, side: side) })
    }

    /// Calls `body` with the scores of the bins of both sides of each entry.
    private func forEachSide(
        _ level: Level, _ entries: [Entry], _ body: (_ index: Int, _ side: Int, _ scores: [Double]) -> Void
    ) {
        let (points, classes) = (level.starts.shape[1], level.starts.shape[2])
        precondition(
            level.ends.shape == level.starts.shape && level.offsets.shape[2] == 2 * (bins + 1),
            "boundaries \(level.starts.shape), \(level.ends.shape) and offsets \(level.offsets.shape) of \(bins) bins")
        level.offsets.withElements { offsets in
            for (side, boundary) in [level.starts, level.ends].enumerated() {
                boundary.withElements { boundary in
                    for (index, entry) in entries.enumerated() {
                        let scores = (0...bins).map { bin -> Double in
                            let own = offsets[((entry.item * points + entry.point) * 2 + side) * (bins + 1) + bin]
                            let position = position(entry.point, bin, side: side)
                            guard (0..<points).contains(position) else { return Double(own) }
                            return Double(own)
                                + Double(boundary[(entry.item * points + position) * classes + entry.label])
                        }
                        body(index, side, scores)
                    }
                }
            }
        }
    }
}
