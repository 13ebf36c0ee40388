extension Tensor {
    /// An operation whose gradient is known in closed form.
    ///
    /// - Parameters:
    ///   - value: the result, computed from the inputs.
    ///   - inputs: what it was computed from.
    ///   - backward: receives the gradient of the result and returns that of each input, of its shape, or `nil`.
    /// - Returns: `value`, recorded on the tape of the inputs if they have one.
    public static func custom(
        _ value: Tensor, inputs: [Tensor], backward: @escaping (_ gradient: Tensor) -> [Tensor?]
    ) -> Tensor {
        value.detached.recorded(on: inputs) { [slots = inputs.map(\.slot)] in
            { gradient, gradients in
                for (slot, part) in zip(slots, backward(gradient)) {
                    if let part { gradients.add(part.detached, to: slot) }
                }
            }
        }
    }
}
