public import Configuration
public import Tensors

/// What changes the weights and how fast. The same keys in the files of heads, pre-training and fine-tuning.
public struct OptimizerSettings: Configurable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Adam with decoupled weight decay; biases, norms and scales have none.
        case adamw
        /// Adam with weight decay as part of the gradient, for all parameters.
        case adam
        /// Gradient descent with momentum.
        case sgd
    }

    public var kind = Kind.adamw
    /// The highest learning rate.
    public var learningRate = 1e-4
    /// The learning rate at the end of a schedule that falls along a cosine.
    public var finalLearningRate = 0.0
    public var weightDecay = 0.05
    /// The fraction of the last step that SGD repeats.
    public var momentum = 0.9
    /// Decay of the first moment of Adam and AdamW.
    public var beta1 = 0.9
    /// Decay of their second moment.
    public var beta2 = 0.999
    /// Longer gradients are scaled down to this norm; 0 or less leaves them as they are.
    public var gradientClipNorm = 1.0

    public static var section: String { "optimizer" }

    public init() {}

    /// Settings with other defaults.
    public init(learningRate: Double, finalLearningRate: Double = 0, weightDecay: Double = 0.05, beta2: Double = 0.999)
    {
        self.learningRate = learningRate
        self.finalLearningRate = finalLearningRate
        self.weightDecay = weightDecay
        self.beta2 = beta2
    }

    public func validate() throws {
        // A rate of 0 keeps some parameters fixed while others are trained.
        for (key, value) in [
            ("learning_rate", learningRate), ("final_learning_rate", finalLearningRate), ("weight_decay", weightDecay),
        ] where !(value >= 0 && value.isFinite) { throw invalid(key, "must be a number and not negative") }
        for (key, value) in [("momentum", momentum), ("beta1", beta1), ("beta2", beta2)] where !(0..<1).contains(value)
        {
            throw invalid(key, "must be at least 0 and below 1")
        }
        guard gradientClipNorm.isFinite else { throw invalid("gradient_clip_norm", "must be a number") }
    }

    /// A fresh optimiser of some parameters.
    public func makeOptimizer(_ parameters: [(name: String, parameter: Parameter)]) -> any Optimizer {
        switch kind {
        case .adamw: AdamW(parameters, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
        case .adam: Adam(parameters, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
        case .sgd: SGD(parameters, momentum: momentum, weightDecay: weightDecay)
        }
    }

    /// A rate that rises over the warm-up and falls along half a cosine to ``finalLearningRate``.
    public func cosine(warmupSteps: Int, totalSteps: Int) -> LearningRateSchedule {
        .warmupCosine(base: learningRate, warmupSteps: warmupSteps, totalSteps: totalSteps, final: finalLearningRate)
    }
}
