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
