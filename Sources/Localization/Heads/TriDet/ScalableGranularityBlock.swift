public import Networks
import Tensors

/// The block that takes the place of attention in ``TriDet``: a branch that adds what distinguishes a position from the
/// mean over time, and one that adds convolutions of two sizes (Shi et al., "TriDet", 2023, section 3.2, eq. 1 to 3).
///
/// With `u = LN(x)`: `fc(u) · relu(global(mean u)) + (small(u) + large(u)) · gate(u) + u`, all convolutions depthwise,
/// followed by group normalisation and a feed-forward part, each with a residual connection.
public struct ScalableGranularityBlock: PyramidBlock {
    public let projection: Convolution?
    public let norm: LayerNorm
    public let groupNorm: GroupNorm
    public let gate: DepthwiseConvolution
    public let pointwise: DepthwiseConvolution
    public let small: DepthwiseConvolution
    public let large: DepthwiseConvolution
    public let global: DepthwiseConvolution
    public let feedForward: FeedForward
    public let mixingScale: Scale?
    public let feedForwardScale: Scale?
    let stride: Int
    /// The mean over time and the group normalisation see all of it.
    var reach: Int? { nil }
    private let dropPath: Float
    private let seesPadding: Bool

    init(_ settings: TriDetSettings, level: Int, stride: Int, using generator: inout RandomGenerator) {
        let channels = settings.channels
        let window = level == 0 ? 1 : settings.window(ofLevel: level)
        let initialization = Initialization.normal(standardDeviation: settings.initialDeviation)
        func depthwise(_ kernel: Int) -> DepthwiseConvolution {
            DepthwiseConvolution(channels, kernel: kernel, initialization: initialization, using: &generator)
        }
        projection =
            stride > 1 && settings.downsampling == .average
            ? Convolution(channels, channels, kernel: 1, using: &generator) : nil
        norm = LayerNorm(channels)
        groupNorm = GroupNorm(channels, groups: TriDetSettings.groups)
        gate = depthwise(window)
        pointwise = depthwise(1)
        small = depthwise(window)
        large = depthwise(settings.largeKernel(of: window))
        global = depthwise(1)
        feedForward = FeedForward(
            channels, hidden: settings.feedForwardChannels ?? 4 * channels, using: &generator)
        // Blocks at full resolution are always kept and have no scales.
        let isScaled = level > 0 && settings.dropPath > 0
        mixingScale = isScaled ? Scale(1e-4, channels: channels) : nil
        feedForwardScale = isScaled ? Scale(1e-4, channels: channels) : nil
        self.stride = stride
        dropPath = settings.dropPath
        seesPadding = settings.compatibility == .official
    }

    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let shortcut = downsampled(x)
        let visible = seesPadding ? SequenceMask.full(like: shortcut) : mask
        let normalized = visible(norm(shortcut))
        let mixed =
            pointwise(normalized) * global(visible.mean(of: normalized)).relu()
            + (small(normalized) + large(normalized)) * gate(normalized) + normalized
        let y = mask(shortcut) + residual(visible(mixed), mixingScale)
        return y + residual(visible(feedForward(visible.groupNormalized(y, by: groupNorm))), feedForwardScale)
    }

    private func downsampled(_ x: Tensor) -> Tensor {
        guard stride > 1 else { return x }
        if let projection { return projection(x.averagePooled(SlidingWindow(size: stride, stride: stride))) }
        return x.maxPooled(SlidingWindow(size: stride + 1, stride: stride, padding: (stride + 1) / 2))
    }

    private func residual(_ branch: Tensor, _ scale: Scale?) -> Tensor {
        guard let scale else { return branch }
        return scale(branch).dropPath(dropPath)
    }
}
