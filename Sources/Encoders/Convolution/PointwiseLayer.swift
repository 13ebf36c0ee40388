internal import CKernels
import Tensors
import Threads

/// A pointwise convolution: a linear layer over the channels of each pixel. It keeps its weights also as the kernel reads them.
///
/// A pixel's result does not depend on the pixels beside it, so that pictures may be computed together or in parts.
struct PointwiseLayer: Sendable {
    let weights: LinearWeights
    /// `[(outputs + 15) / 16, inputs, 16]`
    private let packed: Tensor
    private let bias: Tensor

    /// Multiplications that are worth a thread of their own.
    private static let share = 4 << 20

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
        let parts = max(1, rows * inputs * outputs / Self.share)
        return Tensor(Array(x.shape.dropLast()) + [outputs]) { target in
            guard let base = target.baseAddress else { return }
            nonisolated(unsafe) let start = base
            Parallel.forEach(parts) { part in
                let first = rows * part / parts, count = rows * (part + 1) / parts - first
                x.withElements { x in
                    packed.withElements { packed in
                        bias.withElements { bias in
                            func compute(_ added: UnsafePointer<Float>?) {
                                tal_pointwise_rows(
                                    start + first * outputs, x.baseAddress.map { $0 + first * inputs },
                                    packed.baseAddress, bias.baseAddress, added, count, inputs, outputs, clips)
                            }
                            guard let other else { return compute(nil) }
                            other.withElements { compute($0.baseAddress.map { $0 + first * outputs }) }
                        }
                    }
                }
            }
        }
    }
}
