public import Tensors

/// Two linear layers with an exact GELU between them.
public struct FeedForward: Module {
    /// From the channels to the hidden channels.
    public let expand: Linear
    /// From the hidden channels back.
    public let contract: Linear
    /// Fraction of values dropped after the activation and after the second layer while training.
    public let dropout: Float

    /// A network with random weights.
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
