public import Networks
import Tensors

/// A pre-norm transformer block with learned scales on its branches (Zhang et al., "ActionFormer", 2022, eq. 2 and 3).
public struct ActionFormerBlock: PyramidBlock {
    public let attentionNorm: LayerNorm
    public let attention: ConvolutionalAttention
    public let attentionScale: Scale?
    public let feedForwardNorm: LayerNorm
    public let feedForward: FeedForward
    public let feedForwardScale: Scale?
    let stride: Int
    let reach: Int?
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
        let window = settings.window(ofLevel: level)
        reach = window > 1 ? attention.query.convolution.padding + stride * (window / 2) : nil
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
