public import Tensors

/// Scores of classes by standardised features and one linear layer.
public struct FeatureClassifier: Module {
    public let standardization: Standardization
    public let linear: Linear

    /// One whose scores are all 0.
    public init(_ standardization: Standardization, classes: Int) {
        self.standardization = standardization
        var generator = RandomGenerator(seed: 0)
        linear = Linear(standardization.mean.shape[1], classes, initialization: .zeros, using: &generator)
    }

    /// `[samples, classes]` for `[samples, channels]`.
    public func callAsFunction(_ features: Tensor) -> Tensor { linear(standardization(features)) }
}
