public import Tensors

/// Two linear layers with an exact GELU between them.
public struct FeedForward: Module {
    public let expand: Linear
    public let contract: Linear
    /// Share of values dropped after the activation and after the second layer while training.
    public let dropout: Float

    public init(
        _ channels: Int, hidden: Int, dropout: Float = 0, initialization: Initialization = .kaimingUniform,
        using generator: inout RandomGenerator
    ) {
        expand = Linear(channels, hidden, initialization: initialization, using: &generator)
        contract = Linear(hidden, channels, initialization: initialization, using: &generator)
        self.dropout = dropout
    }

    /// `[…, channels]` for the same.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        contract(expand(x).gelu().dropout(dropout)).dropout(dropout)
    }
}
