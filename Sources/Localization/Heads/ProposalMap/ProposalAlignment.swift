public import Networks
public import Tensors

/// The samples of every proposal and of its context, projected by one linear layer.
///
/// Sampling and projection are both linear, so the sequence is projected first, once for each position of a proposal, and
/// the projections are sampled. That needs neither the map of all samples in memory nor a product with it.
public struct ProposalAlignment: Module {
    /// `[positions, out, channels]`, the positions of the proposal itself first.
    public let weight: Parameter
    /// `[out]`
    public let bias: Parameter
    private let inner: SparseMatrix
    private let outer: SparseMatrix?
    private let innerPositions: Int
    private let durations: Int

    /// - Parameters:
    ///   - channels: of the sequence.
    ///   - outputs: of the projection.
    ///   - inner: where proposals are sampled.
    ///   - context: where their contexts are; `nil` for no context.
    init(
        channels: Int, outputs: Int, inner: ProposalSampling, context: ProposalSampling? = nil,
        using generator: inout RandomGenerator
    ) {
        let positions = inner.positions + (context?.positions ?? 0)
        weight = Parameter(
            Initialization.kaimingUniform(
                [positions, outputs, channels], fanIn: positions * channels, fanOut: outputs, using: &generator))
        bias = Parameter(.zeros([outputs]), decays: false)
        self.inner = inner.summingMatrix()
        outer = context?.summingMatrix()
        innerPositions = inner.positions
        durations = inner.durations
    }

    /// `[batch, durations, time, out]` for features and their context, `[batch, time, channels]`.
    func callAsFunction(_ x: Tensor, context: Tensor? = nil) -> Tensor {
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
