public import Networks
import Tensors

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

    var reach: Int? { first.padding + stride * second.padding }

    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let hidden = mask(first(x)).relu()
        return (mask(second(hidden)) + (shortcut.map { mask($0(x)) } ?? x)).relu()
    }
}
