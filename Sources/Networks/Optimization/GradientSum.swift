import CKernels
import Tensors

/// The gradients of a batch, added up sample by sample in a fixed order so that the sum does not depend on threads.
public struct GradientSum: Sendable {
    /// One for each parameter; `nil` where no sample reached it.
    public private(set) var gradients: [Tensor?]
    private let parameters: [Parameter]

    public init(of parameters: [Parameter]) {
        self.parameters = parameters
        gradients = Array(repeating: nil, count: parameters.count)
    }

    /// Adds the gradients of one backward pass.
    public mutating func add(_ sample: Gradients) {
        for (index, parameter) in parameters.enumerated() { add(sample[parameter], at: index) }
    }

    /// Adds the gradients of other samples.
    public mutating func add(_ other: GradientSum) {
        precondition(other.gradients.count == gradients.count, "sums of different parameters")
        for (index, gradient) in other.gradients.enumerated() { add(gradient, at: index) }
    }

    private mutating func add(_ gradient: Tensor?, at index: Int) {
        guard let gradient else { return }
        guard gradients[index] != nil else {
            gradients[index] = gradient
            return
        }
        gradient.withElements { gradient in
            gradients[index]?.withMutableElements { sum in
                tal_add_in_place(sum.baseAddress, gradient.baseAddress, sum.count)
            }
        }
    }

    /// The Euclidean length of all gradients together.
    public var norm: Double {
        gradients.reduce(0.0) { sum, gradient in
            sum + (gradient?.withElements { tal_sum_of_squares($0.baseAddress, $0.count) } ?? 0)
        }.squareRoot()
    }

    /// The factor that shortens gradients of length `norm` to `limit`; 1 where they are no longer, or `limit` is not
    /// positive.
    public static func clippingScale(norm: Double, limit: Double) -> Double {
        limit > 0 ? min(1, limit / (norm + 1e-6)) : 1
    }
}
