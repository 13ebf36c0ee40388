import Networks
import Tensors

/// A residual block of a backbone, which may lower the resolution.
protocol PyramidBlock: Module {
    /// The input's positions to each of the result's.
    var stride: Int { get }

    /// `[batch, time / stride, channels]` for `[batch, time, channels]`.
    ///
    /// - Parameter mask: that of the result.
    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor
}

/// A pre-norm transformer block with learned scales on its branches (Zhang et al., "ActionFormer", 2022, eq. 2 and 3).
public struct ActionFormerBlock: PyramidBlock {
    public let attentionNorm: LayerNorm
    public let attention: ConvolutionalAttention
    public let attentionScale: Scale?
    public let feedForwardNorm: LayerNorm
    public let feedForward: FeedForward
    public let feedForwardScale: Scale?
    let stride: Int
    private let dropPath: Float

    init(_ settings: ActionFormerSettings, level: Int, stride: Int, using generator: inout RandomGenerator) {
        let channels = settings.channels
        attentionNorm = LayerNorm(channels)
        attention = ConvolutionalAttention(
            channels, heads: settings.heads, stride: stride, window: settings.window(ofLevel: level),
            relativePositions: settings.relativePositions, dropout: settings.dropout, using: &generator)
        feedForwardNorm = LayerNorm(channels)
        feedForward = FeedForward(channels, hidden: 4 * channels, dropout: settings.dropout, using: &generator)
        // The scales belong to the stochastic depth of the reference and do not exist without it.
        attentionScale = settings.dropPath > 0 ? Scale(1e-4, channels: channels) : nil
        feedForwardScale = settings.dropPath > 0 ? Scale(1e-4, channels: channels) : nil
        self.stride = stride
        dropPath = settings.dropPath
    }

    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let shortcut =
            stride > 1 ? x.maxPooled(SlidingWindow(size: stride + 1, stride: stride, padding: (stride + 1) / 2)) : x
        let attended = mask(shortcut) + residual(attention(attentionNorm(x), mask: mask), attentionScale)
        return attended + residual(mask(feedForward(feedForwardNorm(attended))), feedForwardScale)
    }

    private func residual(_ branch: Tensor, _ scale: Scale?) -> Tensor {
        guard let scale else { return branch }
        return scale(branch).dropPath(dropPath)
    }
}

/// A residual block of two plain convolutions, the second half of a backbone without attention.
public struct ConvolutionBlock: PyramidBlock {
    public let first: Convolution
    public let second: Convolution
    public let shortcut: Convolution?
    let stride: Int

    init(_ channels: Int, stride: Int, using generator: inout RandomGenerator) {
        first = Convolution(channels, 2 * channels, kernel: 3, stride: stride, using: &generator)
        second = Convolution(2 * channels, channels, kernel: 3, using: &generator)
        shortcut =
            stride > 1
            ? Convolution(channels, channels, kernel: 1, stride: stride, using: &generator) : nil
        self.stride = stride
    }

    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let hidden = mask(first(x)).relu()
        return (mask(second(hidden)) + (shortcut.map { mask($0(x)) } ?? x)).relu()
    }
}
