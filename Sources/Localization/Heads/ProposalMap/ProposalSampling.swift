import Foundation
import Tensors

/// Where the features of every proposal are sampled.
///
/// Cell `(d, s)` of the map is the proposal that begins at position `s` and is `L = d + 1` long; it is sampled over
/// `[s - L/2, s + d + L/2]`, whose right side is one shorter than its left, as in the authors' code, or, where that is asked for,
/// over `[s - L/2, s + L + L/2]`.
struct ProposalSampling: Sendable {
    /// Which samples make up the features at a position of a proposal.
    enum Rule: Sendable, Equatable {
        /// The interval is cut into as many bins as there are positions, and a bin is sampled at the middles of equal parts:
        /// `samples` of them or, for 0, as many as the bin is long. Cells that reach beyond the sequence are sampled over the first
        /// position (Xu et al., "G-TAD", 2020, section 3.3).
        case bins(samples: Int)
        /// Samples lie evenly from one end of the interval to the other, the same number in turn for each position. Those outside
        /// the sequence are zero, and so are cells that reach beyond it (Lin et al., "BMN", 2019, section 4.2).
        case even(samplesPerPosition: Int)
    }

    let length: Int
    let durations: Int
    /// Positions of each proposal.
    let positions: Int
    let rule: Rule
    /// Whether the interval reaches as far to the right as to the left.
    var isSymmetric = false

    /// The matrix from a sequence whose rows are `time · positions + position` to the sums over the positions of every
    /// proposal, duration by duration.
    func summingMatrix() -> SparseMatrix {
        SparseMatrix(rows: durations * length, columns: length * positions) { row, add in
            forEachWeight(cell: row) { position, time, weight in add(time * positions + position, weight) }
        }
    }

    /// Calls `body` with the weights of the feature vectors that make up the samples of a cell.
    func forEachWeight(cell: Int, _ body: (_ position: Int, _ time: Int, _ weight: Float) -> Void) {
        let (duration, start) = cell.quotientAndRemainder(dividingBy: length)
        let isInside = start + duration < length
        let half = Float(duration + 1) / 2
        let end = Float(start + duration + (isSymmetric ? 1 : 0))
        switch rule {
        case .bins(let samples):
            let first = isInside ? Float(start) - half : 0
            let extent = max((isInside ? end + half : 0) - first, 1)
            let bin = extent / Float(positions)
            let count = samples > 0 ? samples : Int(ceil(extent / Float(positions)))
            for position in 0..<positions {
                for sample in 0..<count {
                    let time = first + Float(position) * bin + (Float(sample) + 0.5) * bin / Float(count)
                    // Samples outside are zero and still count in the mean.
                    guard time >= -1, time <= Float(length) else { continue }
                    interpolate(at: min(max(time, 0), Float(length - 1)), share: 1 / Float(count)) {
                        body(position, $0, $1)
                    }
                }
            }
        case .even(let count):
            guard isInside else { return }
            let first = Float(start) - half, extent = end + half - first
            let step = extent / Float(positions * count - 1)
            for sample in 0..<(positions * count) {
                let time = first + Float(sample) * step
                guard time > -1, time < Float(length) else { continue }
                interpolate(at: max(time, 0), share: 1 / Float(count)) { body(sample / count, $0, $1) }
            }
        }
    }

    /// The two feature vectors around a time; one behind the end is left out.
    private func interpolate(at time: Float, share: Float, _ body: (_ time: Int, _ weight: Float) -> Void) {
        let low = Int(time), fraction = time - Float(low)
        body(low, (1 - fraction) * share)
        if fraction > 0, low + 1 < length { body(low + 1, fraction * share) }
    }
}
