import Networks
import Tensors

/// A convolution over real positions, layer normalisation and ReLU.
///
/// Padded positions hold `relu(bias of the normalisation)` afterwards, as in the reference; whatever must not see that
/// masks again.
public struct NormalizedConvolution: Module {
    public let convolution: Convolution
    public let norm: LayerNorm?

    init(_ inputs: Int, _ outputs: Int, kernel: Int, norm: Bool, using generator: inout RandomGenerator) {
        convolution = Convolution(inputs, outputs, kernel: kernel, bias: !norm, using: &generator)
        self.norm = norm ? LayerNorm(outputs) : nil
    }

    /// `[batch, time, out]` for `[batch, time, in]`.
    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let convolved = mask(convolution(x))
        return (norm?(convolved) ?? convolved).relu()
    }
}
