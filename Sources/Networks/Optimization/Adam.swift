public import Tensors

/// Adam whose weight decay is part of the gradient, that is, L2 regularisation of all parameters (Kingma and Ba, 2015).
public struct Adam: Optimizer {
    private var steps: AdamW
    /// The fraction of the value that is added to its gradient, for all parameters.
    public let weightDecay: Double

    public init(
        _ parameters: [(name: String, parameter: Parameter)], beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        steps = AdamW(parameters, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: 0)
        self.weightDecay = weightDecay
    }

    public var parameters: [(name: String, parameter: Parameter)] { steps.parameters }

    public mutating func step(gradients: [Tensor?], rate: Double, gradientScale: Double = 1) {
        let regularized = zip(gradients, parameters).map { gradient, named in
            gradient.map { $0.detached * Float(gradientScale) + named.parameter.value * Float(weightDecay) }
        }
        steps.step(gradients: regularized, rate: rate)
    }

    public var state: OptimizerState { steps.state }

    public mutating func restore(_ state: OptimizerState, file: String) throws {
        try steps.restore(state, file: file)
    }
}
