public import Tensors

/// Multiplication by a learned number or by one number for each channel.
public struct Scale: Module {
    /// `[]` or `[channels]`
    public let scale: Parameter

    /// A scale of `value`; one number for each channel where `channels` is given.
    public init(_ value: Float = 1, channels: Int? = nil) {
        scale = Parameter(Tensor(repeating: value, shape: channels.map { [$0] } ?? []), decays: false)
    }

    /// `[…, channels]` for the same.
    public func callAsFunction(_ x: Tensor) -> Tensor { x * scale(with: x) }
}
