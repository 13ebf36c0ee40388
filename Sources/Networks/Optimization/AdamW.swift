import CKernels
import Tensors

/// Adam with decoupled weight decay (Kingma and Ba, 2015; Loshchilov and Hutter, 2019).
///
/// Decay applies to the parameters that ask for it; see `Parameter.decays`.
public struct AdamW: Optimizer {
    public let parameters: [(name: String, parameter: Parameter)]
    /// Decay of the first moment.
    public let beta1: Double
    /// Decay of the second moment.
    public let beta2: Double
    /// Added to the root of the second moment.
    public let epsilon: Double
    /// Share of the value that a step of rate 1 removes.
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
        for (index, gradient) in gradients.enumerated() {
            guard let gradient else { continue }
            let parameter = parameters[index].parameter
            precondition(gradient.shape == parameter.shape, "gradient \(gradient.shape) of \(parameters[index].name)")
            let decay = parameter.decays ? weightDecay : 0
            gradient.withElements { gradient in
                parameter.value.withMutableElements { value in
                    firstMoments[index].withMutableElements { first in
                        secondMoments[index].withMutableElements { second in
                            tal_adamw(
                                value.baseAddress, gradient.baseAddress, first.baseAddress, second.baseAddress,
                                value.count, Float(rate), Float(beta1), Float(beta2), Float(epsilon), Float(decay),
                                Float(correction1), Float(correction2), Float(gradientScale))
                        }
                    }
                }
            }
        }
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
