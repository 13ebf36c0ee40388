import Foundation
import Networks
import Tensors

/// Where the features of every proposal are sampled (Xu et al., "G-TAD", 2020, section 3.3).
///
/// Cell `(d, s)` of the map is the proposal that begins at position `s` and is `L = d + 1` long; it is sampled over
/// `[s - L/2, s + d + L/2]`, whose right side is one shorter than its left, as in the authors' code. Cells that reach beyond
/// the sequence are sampled over the first position.
struct ProposalSampling: Sendable {
    let length: Int
    let durations: Int
    /// Positions of each proposal.
    let positions: Int
    /// Samples averaged at each; 0 for as many as a position is long.
    let samples: Int

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
        let first = isInside ? Float(start) - half : 0
        let extent = max((isInside ? Float(start + duration) + half : 0) - first, 1)
        let bin = extent / Float(positions)
        let count = samples > 0 ? samples : Int(ceil(extent / Float(positions)))
        for position in 0..<positions {
            for sample in 0..<count {
                let time = first + Float(position) * bin + (Float(sample) + 0.5) * bin / Float(count)
                // Samples outside are zero and still count in the mean.
                guard time >= -1, time <= Float(length) else { continue }
                let clamped = min(max(time, 0), Float(length - 1))
                let low = Int(clamped), fraction = clamped - Float(low)
                body(position, low, (1 - fraction) / Float(count))
                if fraction > 0 { body(position, min(low + 1, length - 1), fraction / Float(count)) }
            }
        }
    }
}

/// The samples of every proposal and of its context, projected by one linear layer.
///
/// Sampling and projection are both linear, so the sequence is projected first, once for each position of a proposal, and
/// the projections are sampled. That needs neither the map of all samples in memory nor a product with it.
public struct SubgraphAlignment: Module {
    /// `[positions, out, channels]`, the positions of the proposal itself first.
    public let weight: Parameter
    /// `[out]`
    public let bias: Parameter
    private let inner: SparseMatrix
    private let outer: SparseMatrix?
    private let innerPositions: Int
    private let durations: Int

    init(_ settings: GTADSettings, using generator: inout RandomGenerator) {
        let hasContext = settings.context != .none
        let positions = settings.innerPositions + (hasContext ? settings.contextPositions : 0)
        func matrix(_ positions: Int) -> SparseMatrix {
            ProposalSampling(
                length: settings.maximumLength, durations: settings.maximumDuration, positions: positions,
                samples: settings.samplesPerPosition
            ).summingMatrix()
        }
        weight = Parameter(
            Initialization.kaimingUniform(
                [positions, settings.proposalChannels, settings.channels], fanIn: positions * settings.channels,
                fanOut: settings.proposalChannels, using: &generator))
        bias = Parameter(.zeros([settings.proposalChannels]), decays: false)
        inner = matrix(settings.innerPositions)
        outer = hasContext ? matrix(settings.contextPositions) : nil
        innerPositions = settings.innerPositions
        durations = settings.maximumDuration
    }

    /// `[batch, durations, time, out]` for features and their context, `[batch, time, channels]`.
    func callAsFunction(_ x: Tensor, context: Tensor?) -> Tensor {
        let weight = weight(with: x)
        let (batch, time, outputs, channels) = (x.shape[0], x.shape[1], weight.shape[1], weight.shape[2])
        func projected(_ x: Tensor, _ positions: Range<Int>, _ matrix: SparseMatrix) -> Tensor {
            let part = weight.slice(axis: 0, positions).reshaped([positions.count * outputs, channels])
            return x.linear(part).reshaped([batch, time * positions.count, outputs]).multiplied(by: matrix)
        }
        var sum = projected(x, 0..<innerPositions, inner)
        if let context, let outer { sum = sum + projected(context, innerPositions..<weight.shape[0], outer) }
        return (sum + bias(with: x)).reshaped([batch, durations, time, outputs])
    }
}
