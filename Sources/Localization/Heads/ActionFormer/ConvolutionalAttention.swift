public import Networks
public import Tensors

/// Multi-head attention whose queries, keys and values come from depthwise convolutions, which also lower the resolution
/// (Zhang et al., "ActionFormer", 2022, section 3.3).
public struct ConvolutionalAttention: Module {
    /// A depthwise convolution, layer normalisation and a linear layer.
    public struct Projection: Module {
        public let convolution: DepthwiseConvolution
        public let norm: LayerNorm
        public let linear: Linear

        init(_ channels: Int, stride: Int, using generator: inout RandomGenerator) {
            convolution = DepthwiseConvolution(
                channels, kernel: stride > 1 ? stride + 1 : 3, stride: stride, bias: false, using: &generator)
            norm = LayerNorm(channels)
            linear = Linear(channels, channels, using: &generator)
        }

        func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor { linear(norm(mask(convolution(x)))) }
    }

    public let query: Projection
    public let key: Projection
    public let value: Projection
    public let output: Linear
    /// `[heads, window]`
    public let relativePositions: Parameter?
    /// Share of the output dropped while training.
    public let dropout: Float
    private let attention: Attention

    /// - Parameter window: positions that a query sees; 1 or less is all.
    init(
        _ channels: Int, heads: Int, stride: Int, window: Int, relativePositions: Bool, dropout: Float,
        using generator: inout RandomGenerator
    ) {
        query = Projection(channels, stride: stride, using: &generator)
        key = Projection(channels, stride: stride, using: &generator)
        value = Projection(channels, stride: stride, using: &generator)
        output = Linear(channels, channels, using: &generator)
        self.relativePositions =
            relativePositions && window > 1
            ? Parameter(
                .normal([heads, window], standardDeviation: (2 / Float(channels)).squareRoot(), using: &generator),
                decays: false)
            : nil
        self.dropout = dropout
        attention = Attention(heads: heads, span: window > 1 ? .local(window: window) : .global)
    }

    /// `[batch, time / stride, channels]` for `[batch, time, channels]`.
    ///
    /// - Parameter mask: that of the result.
    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let attended = attention(
            queries: query(x, mask: mask), keys: key(x, mask: mask), values: value(x, mask: mask), mask: mask.tensor,
            relativeBias: relativePositions.map { $0(with: x) })
        return mask(output(attended).dropout(dropout))
    }
}
