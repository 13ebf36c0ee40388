internal import CKernels
import Tensors

/// A pointwise convolution: a linear layer over the channels of each pixel. It keeps its weights also as the kernel reads them.
///
/// A pixel's result does not depend on the pixels beside it, so that pictures may be computed together or in parts.
struct PointwiseLayer: Sendable {
    let weights: LinearWeights
    /// `[(outputs + 15) / 16, inputs, 16]`
    private let packed: Tensor
    private let bias: Tensor

    init(_ weights: LinearWeights) {
        self.weights = weights
        let shape = weights.weight.rank == 2 ? weights.weight.shape : [0, 0]
        bias = weights.bias ?? .zeros([shape[0]])
        packed = Tensor([(shape[0] + 15) / 16, shape[1], 16]) { target in
            weights.weight.withElements { tal_pack_pointwise(target.baseAddress, $0.baseAddress, shape[0], shape[1]) }
        }
    }

    /// - Parameters:
    ///   - x: `[…, inputs]`
    ///   - other: added to the result, of its shape.
    ///   - clips: whether ReLU6 follows, which cuts to 0…6.
    /// - Returns: `[…, outputs]`
    func callAsFunction(_ x: Tensor, adding other: Tensor? = nil, clips: Bool = false) -> Tensor {
        let inputs = weights.weight.shape[1], outputs = weights.weight.shape[0], rows = x.count / inputs
        precondition(x.shape.last == inputs && (other?.count ?? rows * outputs) == rows * outputs)
        return Tensor(Array(x.shape.dropLast()) + [outputs]) { target in
            x.withElements { x in
                packed.withElements { packed in
                    bias.withElements { bias in
                        func compute(_ added: UnsafePointer<Float>?) {
                            tal_pointwise_rows(
                                target.baseAddress, x.baseAddress, packed.baseAddress, bias.baseAddress, added, rows,
                                inputs, outputs, clips)
                        }
                        guard let other else { return compute(nil) }
                        other.withElements { compute($0.baseAddress) }
                    }
                }
            }
        }
    }
}
