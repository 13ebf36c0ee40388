public import Tensors

/// Multi-head attention of a sequence to itself (Vaswani et al., 2017).
public struct SelfAttention: Module {
    /// To the queries.
    public let query: Linear
    /// To the keys.
    public let key: Linear
    /// To the values.
    public let value: Linear
    /// From the heads, side by side, to the result.
    public let projection: Linear
    private let attention: Attention

    /// An attention layer with random weights; `heads` must divide `channels`.
    public init(
        _ channels: Int, heads: Int, span: AttentionSpan = .global, initialization: Initialization = .kaimingUniform,
        using generator: inout RandomGenerator
    ) {
        precondition(channels % heads == 0, "\(channels) channels for \(heads) heads")
        query = Linear(channels, channels, initialization: initialization, using: &generator)
        key = Linear(channels, channels, initialization: initialization, using: &generator)
        value = Linear(channels, channels, initialization: initialization, using: &generator)
        projection = Linear(channels, channels, initialization: initialization, using: &generator)
        attention = Attention(heads: heads, span: span)
    }

    /// `[batch, time, channels]` for the same.
    ///
    /// - Parameters:
    ///   - x: the sequences.
    ///   - mask: `[batch, time]`, 1 where a position is valid.
    public func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
        projection(attention(queries: query(x), keys: key(x), values: value(x), mask: mask))
    }
}
