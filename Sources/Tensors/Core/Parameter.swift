/// A value of a network that training may change. Its name is its path in the network, see `Module`.
public final class Parameter: @unchecked Sendable {
    /// The current value. Do not change it while another thread computes with it.
    public var value: Tensor
    /// Whether gradients are computed for it.
    public var isTrainable: Bool
    /// Whether decoupled weight decay applies: true for weights of matrix products and convolutions, false for biases, norms and scales.
    public let decays: Bool

    /// A parameter with an initial value, which is taken without its tape.
    public init(_ value: Tensor, decays: Bool = true, isTrainable: Bool = true) {
        self.value = value.detached
        self.decays = decays
        self.isTrainable = isTrainable
    }

    /// Its value for use in the same computation as `input`: tracked if `input` is on a tape.
    public func callAsFunction(with input: Tensor) -> Tensor {
        input.tape?.variable(self) ?? value
    }

    /// Length of each axis.
    public var shape: [Int] { value.shape }
}
