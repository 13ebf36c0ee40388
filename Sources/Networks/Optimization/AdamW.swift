internal import CKernels
public import Tensors
import Threads

/// Adam with decoupled weight decay (Kingma and Ba, 2015; Loshchilov and Hutter, 2019).
///
/// Decay applies to the parameters whose `Parameter.decays` is true.
public struct AdamW: Optimizer {
    public let parameters: [(name: String, parameter: Parameter)]
    /// Decay of the first moment.
    public let beta1: Double
    /// Decay of the second moment.
    public let beta2: Double
    /// Added to the root of the second moment.
    public let epsilon: Double
    /// The fraction of the value that a step with learning rate 1 removes.
    public let weightDecay: Double
    private var steps = 0
    private var firstMoments: [Tensor]
    private var secondMoments: [Tensor]

    public init(
        _ parameters: [(name: String, parameter: Parameter)], beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, weightDecay: Double = 0.01
    ) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        firstMoments = parameters.map { .zeros($0.parameter.shape) }
        secondMoments = parameters.map { .zeros($0.parameter.shape) }
    }

    public mutating func step(gradients: [Tensor?], rate: Double, gradientScale: Double = 1) {
        precondition(gradients.count == parameters.count, "\(gradients.count) gradients for \(parameters.count)")
        steps += 1
        let correction1 = 1 - power(beta1, steps), correction2 = 1 - power(beta2, steps)
        let active = gradients.indices.filter { gradients[$0] != nil }
        let present = active.compactMap { gradients[$0] }
        for (index, gradient) in zip(active, present) {
            let name = parameters[index].name, shape = parameters[index].parameter.shape
            precondition(gradient.shape == shape, "gradient \(gradient.shape) of \(name), of shape \(shape)")
        }
        let decays = active.map { Float(parameters[$0].parameter.decays ? weightDecay : 0) }
        let (beta1, beta2, epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
        var values = active.map { parameters[$0].parameter.value }
        // The parameters release their values meanwhile, so that the values are changed in place and not copied.
        for index in active { parameters[index].parameter.value = Tensor.zeros([0]) }
        values.withMutablePointers { value in
            firstMoments.withMutablePointers { first in
                secondMoments.withMutablePointers { second in
                    Parallel.forEachPiece(of: present.map(\.count)) { item, piece in
                        let index = active[item], start = piece.lowerBound
                        present[item].withElements { gradient in
                            guard let gradient = gradient.baseAddress else { return }
                            tal_adamw(
                                value[item].pointer + start, gradient + start, first[index].pointer + start,
                                second[index].pointer + start, piece.count, Float(rate), beta1, beta2, epsilon,
                                decays[item], Float(correction1), Float(correction2), Float(gradientScale))
                        }
                    }
                }
            }
        }
        for (index, value) in zip(active, values) { parameters[index].parameter.value = value }
    }

    public var state: OptimizerState {
        let first = zip(parameters, firstMoments).map { (name: "first_moment/\($0.name)", tensor: $1) }
        let second = zip(parameters, secondMoments).map { (name: "second_moment/\($0.name)", tensor: $1) }
        return OptimizerState(steps: steps, moments: first + second)
    }

    public mutating func restore(_ state: OptimizerState, file: String) throws {
        firstMoments = try state.moments("first_moment", of: parameters, file: file)
        secondMoments = try state.moments("second_moment", of: parameters, file: file)
        steps = state.steps
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}
