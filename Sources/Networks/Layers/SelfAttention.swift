public import Tensors

/// Multi-head attention of a sequence to itself (Vaswani et al., 2017).
public struct SelfAttention: Module {
    public let query: Linear
    public let key: Linear
    public let value: Linear
    public let projection: Linear
    private let attention: Attention

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
    /// - Parameter mask: `[batch, time]`, 1 where a position is valid.
    public func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
        projection(attention(queries: query(x), keys: key(x), values: value(x), mask: mask))
    }
}
