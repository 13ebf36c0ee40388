public import Tensors

/// Multiplication by a learned number or by one number a channel.
public struct Scale: Module {
    /// `[]` or `[channels]`
    public let scale: Parameter

    public init(_ value: Float = 1, channels: Int? = nil) {
        scale = Parameter(Tensor(repeating: value, shape: channels.map { [$0] } ?? []), decays: false)
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x * scale(with: x) }
}
