/// A named value that training changes.
public final class Parameter: @unchecked Sendable {
    /// The present value. Not to be changed while another thread computes with it.
    public var value: Tensor
    /// Whether gradients are computed for it.
    public var isTrainable: Bool
    /// Whether decoupled weight decay applies: true for weights of products, false for biases, norms and scales.
    public let decays: Bool

    public init(_ value: Tensor, decays: Bool = true, isTrainable: Bool = true) {
        self.value = value.detached
        self.decays = decays
        self.isTrainable = isTrainable
    }

    /// Its value as an input of whatever `input` is an input of: tracked if `input` is on a tape.
    public func callAsFunction(with input: Tensor) -> Tensor {
        input.tape?.variable(self) ?? value
    }

    /// Length of each axis.
    public var shape: [Int] { value.shape }
}
