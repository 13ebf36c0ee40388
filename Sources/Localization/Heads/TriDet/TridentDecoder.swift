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
                target[2 * index + side] = Float(expectation(of: &scores, side: side))
            }
        }
        return .custom(values, inputs: [level.starts, level.ends, level.offsets]) { gradient in
            backward(level, entries, gradient)
        }
    }

    /// Gives the distances of single entries of a level, off any tape.
    func reach(_ level: Level, item: Int) -> (_ point: Int, _ label: Int) -> (left: Float, right: Float) {
        let (points, classes) = (level.starts.shape[1], level.starts.shape[2])
        let boundaries = [level.starts.elements, level.ends.elements], offsets = level.offsets.elements
        var scores = [Double](repeating: 0, count: bins + 1)
        func distance(_ point: Int, _ label: Int, side: Int) -> Float {
            fill(
                &scores, offsets: offsets, boundary: boundaries[side], row: item * points, point: point, points: points,
                label: label, classes: classes, side: side)
            return Float(expectation(of: &scores, side: side))
        }
        return { point, label in (distance(point, label, side: 0), distance(point, label, side: 1)) }
    }

    private func backward(_ level: Level, _ entries: [Entry], _ gradient: Tensor) -> [Tensor?] {
        let (points, classes) = (level.starts.shape[1], level.starts.shape[2])
        var byBoundary = [level.starts, level.ends].map { [Float](repeating: 0, count: $0.count) }
        var byOffset = [Float](repeating: 0, count: level.offsets.count)
        let incoming = gradient.elements
        forEachSide(level, entries) { index, side, scores in
            let mean = expectation(of: &scores, side: side)
            let entry = entries[index], row = entry.item * points
            for bin in 0...bins {
                let slope = Float(scores[bin] * (distance(bin, side: side) - mean)) * incoming[2 * index + side]
                byOffset[((row + entry.point) * 2 + side) * (bins + 1) + bin] += slope
                let position = position(entry.point, bin, side: side)
                guard (0..<points).contains(position) else { continue }
                byBoundary[side][(row + position) * classes + entry.label] += slope
            }
        }
        return [
            Tensor(byBoundary[0], shape: level.starts.shape), Tensor(byBoundary[1], shape: level.ends.shape),
            Tensor(byOffset, shape: level.offsets.shape),
        ]
    }

    /// How far a bin is from the point; side 0 is the left.
    private func distance(_ bin: Int, side: Int) -> Double { Double(side == 0 ? bins - bin : bin) }

    /// Where the boundary of a bin lies.
    private func position(_ point: Int, _ bin: Int, side: Int) -> Int { side == 0 ? point - bins + bin : point + bin }

    /// The expected distance; turns scores into shares.
    private func expectation(of scores: inout [Double], side: Int) -> Double {
        var largest = -Double.infinity, sum = 0.0, mean = 0.0
        for bin in 0...bins { largest = max(largest, scores[bin]) }
        for bin in 0...bins {
            scores[bin] = exp(scores[bin] - largest)
            sum += scores[bin]
        }
        for bin in 0...bins {
            scores[bin] /= sum
            mean += scores[bin] * distance(bin, side: side)
        }
        return mean
    }

    /// The scores of the bins of one side of a point.
    ///
    /// - Parameters:
    ///   - boundary: scores of starts or of ends.
    ///   - row: the first point of the item among those of the batch.
    private func fill(
        _ scores: inout [Double], offsets: [Float], boundary: [Float], row: Int, point: Int, points: Int, label: Int,
        classes: Int, side: Int
    ) {
        let first = ((row + point) * 2 + side) * (bins + 1)
        for bin in 0...bins {
            let position = position(point, bin, side: side)
            let shared = (0..<points).contains(position) ? boundary[(row + position) * classes + label] : 0
            scores[bin] = Double(offsets[first + bin]) + Double(shared)
        }
    }

    /// Calls `body` with the scores of the bins of both sides of each entry, which it may change.
    private func forEachSide(
        _ level: Level, _ entries: [Entry], _ body: (_ index: Int, _ side: Int, _ scores: inout [Double]) -> Void
    ) {
        let (points, classes) = (level.starts.shape[1], level.starts.shape[2])
        precondition(
            level.ends.shape == level.starts.shape && level.offsets.shape[2] == 2 * (bins + 1),
            "boundaries \(level.starts.shape), \(level.ends.shape) and offsets \(level.offsets.shape) of \(bins) bins")
        let offsets = level.offsets.elements
        var scores = [Double](repeating: 0, count: bins + 1)
        for (side, boundary) in [level.starts.elements, level.ends.elements].enumerated() {
            for (index, entry) in entries.enumerated() {
                fill(
                    &scores, offsets: offsets, boundary: boundary, row: entry.item * points, point: entry.point,
                    points: points, label: entry.label, classes: classes, side: side)
                body(index, side, &scores)
            }
        }
    }
}
