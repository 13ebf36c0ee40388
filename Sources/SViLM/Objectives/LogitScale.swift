import Foundation
public import Networks
public import Tensors

/// A learned factor on similarities, the inverse of a temperature; it begins at 1 / 0.07 and stays at most 100 (Radford et
/// al., 2021).
public struct LogitScale: Module {
    /// The logarithm of the factor, `[1]`.
    public let logarithm: Parameter

    public init(temperature: Double) {
        logarithm = Parameter(Tensor([Float(-log(temperature))]), decays: false)
    }

    /// The factor, `[1]`, as an input of whatever `input` is an input of.
    public func callAsFunction(with input: Tensor) -> Tensor {
        Tensor.minimum(logarithm(with: input), Tensor([Float(log(100.0))])).exp()
    }
}
