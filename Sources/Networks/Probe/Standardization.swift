public import Tensors

/// Brings features to mean 0 and deviation 1 by the numbers of a training set, which are stored with the network and never
/// trained.
public struct Standardization: Module {
    /// `[1, channels]`
    public let mean: Parameter
    /// `[1, channels]`
    public let deviation: Parameter

    /// - Parameter features: `[samples, channels]`
    public init(of features: Tensor) {
        let average = features.mean(axes: [0], keepsAxes: true)
        let spread = ((features - average).squared().mean(axes: [0], keepsAxes: true) + 1e-6).squareRoot()
        mean = Parameter(average, isTrainable: false)
        deviation = Parameter(spread, isTrainable: false)
    }

    /// One that changes nothing, to be filled from a file.
    public init(channels: Int) {
        mean = Parameter(.zeros([1, channels]), isTrainable: false)
        deviation = Parameter(.ones([1, channels]), isTrainable: false)
    }

    /// `[samples, channels]` for the same.
    public func callAsFunction(_ features: Tensor) -> Tensor {
        (features - mean(with: features)) / deviation(with: features)
    }
}
