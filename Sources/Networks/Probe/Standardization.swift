public import Tensors

/// Scales features to mean 0 and standard deviation 1, with statistics of a training set that are stored with the network
/// and never trained.
public struct Standardization: Module {
    /// Mean, `[1, channels]`.
    public let mean: Parameter
    /// Standard deviation, `[1, channels]`. The name is that of the tensor in weight files.
    public let deviation: Parameter

    /// The statistics of a training set.
    ///
    /// - Parameter features: `[samples, channels]`
    public init(of features: Tensor) {
        let average = features.mean(axes: [0], keepsAxes: true)
        let spread = ((features - average).squared().mean(axes: [0], keepsAxes: true) + 1e-6).squareRoot()
        mean = Parameter(average, isTrainable: false)
        deviation = Parameter(spread, isTrainable: false)
    }

    /// The identity, for loading statistics from a file.
    public init(channels: Int) {
        mean = Parameter(.zeros([1, channels]), isTrainable: false)
        deviation = Parameter(.ones([1, channels]), isTrainable: false)
    }

    /// `[samples, channels]` for the same.
    public func callAsFunction(_ features: Tensor) -> Tensor {
        (features - mean(with: features)) / deviation(with: features)
    }
}

/// A linear classifier of standardised features.
public struct FeatureClassifier: Module {
    /// Applied to the features first.
    public let standardization: Standardization
    /// From the features to the classes.
    public let linear: Linear

    /// A classifier whose scores are all 0.
    public init(_ standardization: Standardization, classes: Int) {
        self.standardization = standardization
        var generator = RandomGenerator(seed: 0)
        linear = Linear(standardization.mean.shape[1], classes, initialization: .zeros, using: &generator)
    }

    /// `[samples, classes]` for `[samples, channels]`.
    public func callAsFunction(_ features: Tensor) -> Tensor { linear(standardization(features)) }
}
