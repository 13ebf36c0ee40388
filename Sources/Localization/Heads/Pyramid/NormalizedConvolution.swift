public import Networks
import Tensors

/// A convolution over real positions, layer normalisation and ReLU.
///
/// Padded positions hold `relu(bias of the normalisation)` afterwards, as in the authors' code; whatever must not see that
/// masks again. By the conventions of OpenTAD they are zero.
public struct NormalizedConvolution: Module {
    public let convolution: Convolution
    public let norm: LayerNorm?
    private let masksResult: Bool

    init(
        _ inputs: Int, _ outputs: Int, kernel: Int, norm: Bool, conventions: PyramidConventions,
        using generator: inout RandomGenerator
    ) {
        convolution = Convolution(inputs, outputs, kernel: kernel, bias: !norm, using: &generator)
        self.norm = norm ? LayerNorm(outputs, epsilon: conventions.epsilon) : nil
        masksResult = conventions == .opentad
    }

    /// `[batch, time, out]` for `[batch, time, in]`.
    func callAsFunction(_ x: Tensor, mask: SequenceMask) -> Tensor {
        let convolved = mask(convolution(x))
        let result = (norm?(convolved) ?? convolved).relu()
        return masksResult ? mask(result) : result
    }
}
