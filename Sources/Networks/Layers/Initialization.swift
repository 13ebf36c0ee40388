public import Tensors

/// Initialisation of linear and convolution weights.
public enum Initialization: Sendable {
    /// Uniform within `±1/√fanIn`, the default of PyTorch's linear and convolution layers.
    case kaimingUniform
    /// Uniform within `±√(6 / (fanIn + fanOut))` (Glorot and Bengio, 2010).
    case xavierUniform
    /// Normal with mean 0 and the given standard deviation.
    case normal(standardDeviation: Float)
    /// Zeros.
    case zeros

    /// A tensor of initial values.
    ///
    /// - Parameters:
    ///   - shape: length of each axis.
    ///   - fanIn: inputs that one output sums over.
    ///   - fanOut: outputs that one input reaches.
    ///   - generator: draws the values.
    public func callAsFunction(
        _ shape: [Int], fanIn: Int, fanOut: Int, using generator: inout RandomGenerator
    ) -> Tensor {
        switch self {
        case .kaimingUniform:
            return .uniform(shape, bound: 1 / Float(max(fanIn, 1)).squareRoot(), using: &generator)
        case .xavierUniform:
            return .uniform(shape, bound: (6 / Float(max(fanIn + fanOut, 1))).squareRoot(), using: &generator)
        case .normal(let standardDeviation):
            return .normal(shape, standardDeviation: standardDeviation, using: &generator)
        case .zeros:
            return .zeros(shape)
        }
    }
}
