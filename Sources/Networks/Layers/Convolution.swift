public import Tensors

/// Convolution over the time axis of `[batch, time, channels]`.
public struct Convolution: Module {
    /// `[kernel, out, in / groups]`
    public let weight: Parameter
    /// `[out]`
    public let bias: Parameter?
    /// Positions from one window to the next.
    public let stride: Int
    /// Zeros added at each end.
    public let padding: Int
    /// Groups of channels that do not mix.
    public let groups: Int

    /// A layer with random weights and a bias of zeros.
    ///
    /// - Parameters:
    ///   - inputs: channels of the input.
    ///   - outputs: channels of the output.
    ///   - kernel: positions that one output looks at.
    ///   - stride: positions between outputs.
    ///   - padding: zeros at each end; by default half the kernel, which keeps the length at stride 1.
    ///   - groups: groups of channels that do not mix; divides both numbers of channels.
    ///   - bias: whether a bias is added.
    ///   - initialization: distribution of the weights.
    ///   - generator: draws the weights.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int? = nil, groups: Int = 1,
        bias: Bool = true, initialization: Initialization = .kaimingUniform, using generator: inout RandomGenerator
    ) {
        precondition(inputs % groups == 0 && outputs % groups == 0, "\(groups) groups of \(inputs) or \(outputs)")
        weight = Parameter(
            initialization(
                [kernel, outputs, inputs / groups], fanIn: inputs / groups * kernel, fanOut: outputs / groups * kernel,
                using: &generator))
        self.bias = bias ? Parameter(.zeros([outputs]), decays: false) : nil
        self.stride = stride
        self.padding = padding ?? kernel / 2
        self.groups = groups
    }

    /// `[batch, windows, out]` for `[batch, time, in]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.convolution(
            weight(with: x), bias: bias.map { $0(with: x) }, stride: stride, padding: padding, groups: groups)
    }
}

/// Convolution over the time axis of each channel by itself.
public struct DepthwiseConvolution: Module {
    /// `[kernel, channels]`
    public let weight: Parameter
    /// `[channels]`
    public let bias: Parameter?
    /// Positions from one window to the next.
    public let stride: Int
    /// Zeros added at each end.
    public let padding: Int

    /// A layer with random weights and a bias of zeros.
    ///
    /// - Parameters:
    ///   - channels: channels of input and output.
    ///   - kernel: positions that one output looks at.
    ///   - stride: positions between outputs.
    ///   - padding: zeros at each end; by default half the kernel, which keeps the length at stride 1.
    ///   - bias: whether a bias is added.
    ///   - initialization: distribution of the weights.
    ///   - generator: draws the weights.
    public init(
        _ channels: Int, kernel: Int, stride: Int = 1, padding: Int? = nil, bias: Bool = true,
        initialization: Initialization = .kaimingUniform, using generator: inout RandomGenerator
    ) {
        weight = Parameter(initialization([kernel, channels], fanIn: kernel, fanOut: kernel, using: &generator))
        self.bias = bias ? Parameter(.zeros([channels]), decays: false) : nil
        self.stride = stride
        self.padding = padding ?? kernel / 2
    }

    /// `[batch, windows, channels]` for `[batch, time, channels]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.depthwiseConvolution(weight(with: x), bias: bias.map { $0(with: x) }, stride: stride, padding: padding)
    }
}
