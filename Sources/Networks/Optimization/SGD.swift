public import Tensors

/// Stochastic gradient descent with momentum; weight decay is added to the gradient.
public struct SGD: Optimizer {
    public let parameters: [(name: String, parameter: Parameter)]
    /// The momentum: the fraction of the last step that is repeated.
    public let momentum: Double
    /// The fraction of the value that is added to its gradient, for parameters that decay.
    public let weightDecay: Double
    private var steps = 0
    private var velocities: [Tensor]

    public init(
        _ parameters: [(name: String, parameter: Parameter)], momentum: Double = 0.9, weightDecay: Double = 0
    ) {
        self.parameters = parameters
        self.momentum = momentum
        self.weightDecay = weightDecay
        velocities = parameters.map { .zeros($0.parameter.shape) }
    }

    public mutating func step(gradients: [Tensor?], rate: Double, gradientScale: Double = 1) {
        precondition(gradients.count == parameters.count, "\(gradients.count) gradients for \(parameters.count)")
        steps += 1
        for (index, gradient) in gradients.enumerated() {
            guard let gradient else { continue }
            let parameter = parameters[index].parameter
            let decay = parameter.decays ? Float(weightDecay) : 0
            let (scale, keep, step) = (Float(gradientScale), Float(momentum), Float(rate))
            gradient.withElements { gradient in
                parameter.value.withMutableElements { value in
                    velocities[index].withMutableElements { velocity in
                        for i in value.indices {
                            velocity[i] = keep * velocity[i] + scale * gradient[i] + decay * value[i]
                            value[i] -= step * velocity[i]
                        }
                    }
                }
            }
        }
    }

    public var state: OptimizerState {
        OptimizerState(
            steps: steps, moments: zip(parameters, velocities).map { (name: "velocity/\($0.name)", tensor: $1) })
    }

    public mutating func restore(_ state: OptimizerState, file: String) throws {
        velocities = try state.moments("velocity", of: parameters, file: file)
        steps = state.steps
    }
}
