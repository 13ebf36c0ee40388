public import Tensors

/// `y = x · weightᵀ + bias` over the last axis.
public struct Linear: Module {
    /// `[out, in]`
    public let weight: Parameter
    /// `[out]`
    public let bias: Parameter?

    /// A layer with random weights and a bias of zeros.
    public init(
        _ inputs: Int, _ outputs: Int, bias: Bool = true, initialization: Initialization = .kaimingUniform,
        using generator: inout RandomGenerator
    ) {
        weight = Parameter(initialization([outputs, inputs], fanIn: inputs, fanOut: outputs, using: &generator))
        self.bias = bias ? Parameter(.zeros([outputs]), decays: false) : nil
    }

    /// `[…, out]` for `[…, in]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.linear(weight(with: x), bias: bias.map { $0(with: x) })
    }
}
