public import Tensors

/// Normalisation of the last axis with a learned scale and shift (Ba, Kiros and Hinton, 2016).
public struct LayerNorm: Module {
    /// `[channels]`
    public let weight: Parameter
    /// `[channels]`
    public let bias: Parameter
    /// Added to the variance.
    public let epsilon: Float

    /// A norm with a scale of 1 and a shift of 0.
    public init(_ channels: Int, epsilon: Float = 1e-5) {
        weight = Parameter(.ones([channels]), decays: false)
        bias = Parameter(.zeros([channels]), decays: false)
        self.epsilon = epsilon
    }

    /// `[…, channels]` for the same.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.layerNormalized(weight: weight(with: x), bias: bias(with: x), epsilon: epsilon)
    }
}

/// Normalisation over time and groups of channels with a learned scale and shift (Wu and He, 2018).
public struct GroupNorm: Module {
    /// `[channels]`
    public let weight: Parameter
    /// `[channels]`
    public let bias: Parameter
    /// Number of groups.
    public let groups: Int
    /// Added to the variance.
    public let epsilon: Float

    /// A norm with a scale of 1 and a shift of 0.
    public init(_ channels: Int, groups: Int, epsilon: Float = 1e-5) {
        weight = Parameter(.ones([channels]), decays: false)
        bias = Parameter(.zeros([channels]), decays: false)
        self.groups = groups
        self.epsilon = epsilon
    }

    /// `[batch, time, channels]` for the same.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.groupNormalized(groups: groups, weight: weight(with: x), bias: bias(with: x), epsilon: epsilon)
    }
}
