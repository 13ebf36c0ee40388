import Networks
import Tensors

/// A residual block of a backbone, which may lower the resolution.
protocol PyramidBlock: Module {
    /// The input's positions to each of the result's.
    var stride: Int { get }
    /// How far the input that a position of the result depends on reaches to each side, in positions of the input; nil where all of it
    /// counts.
    var reach: Int? { get }

    /// `[batch, time / stride, channels]` for `[batch, time, channels]`.
    ///
    /// - Parameter mask: that of the result.
    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor
}

extension PyramidBlock {
    /// Long videos are seen at once unless a block says that parts are enough.
    var reach: Int? { nil }
}
