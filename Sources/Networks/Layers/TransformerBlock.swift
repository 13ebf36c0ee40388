public import Tensors

/// A pre-norm transformer block: attention and a feed-forward network, each added to its input.
public struct TransformerBlock: Module {
    /// Before the attention.
    public let attentionNorm: LayerNorm
    /// The first branch.
    public let attention: SelfAttention
    /// Before the feed-forward network.
    public let feedForwardNorm: LayerNorm
    /// The second branch.
    public let feedForward: FeedForward
    /// Probability of dropping a branch during training (stochastic depth).
    public let dropPath: Float

    /// A block with random weights.
    public init(
        _ channels: Int, heads: Int, hidden: Int, epsilon: Float = 1e-6, dropPath: Float = 0,
        initialization: Initialization = .xavierUniform, using generator: inout RandomGenerator
    ) {
        attentionNorm = LayerNorm(channels, epsilon: epsilon)
        attention = SelfAttention(channels, heads: heads, initialization: initialization, using: &generator)
        feedForwardNorm = LayerNorm(channels, epsilon: epsilon)
        feedForward = FeedForward(channels, hidden: hidden, initialization: initialization, using: &generator)
        self.dropPath = dropPath
    }

    /// `[batch, time, channels]` for the same.
    ///
    /// - Parameters:
    ///   - x: the sequences.
    ///   - mask: `[batch, time]`, 1 where a position is valid.
    public func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
        let attended = x + attention(attentionNorm(x), mask: mask).dropPath(dropPath)
        return attended + feedForward(feedForwardNorm(attended)).dropPath(dropPath)
    }
}
