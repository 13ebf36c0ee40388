public import Tensors

/// A table of vectors, looked up by index.
public struct Embedding: Module {
    /// `[entries, channels]`
    public let weight: Parameter

    public init(_ entries: Int, _ channels: Int, deviation: Float = 0.02, using generator: inout RandomGenerator) {
        weight = Parameter(
            .normal([entries, channels], standardDeviation: deviation, using: &generator), decays: false)
    }

    /// `[indices, channels]`
    ///
    /// - Parameter tape: the tape to look up on, when gradients are wanted.
    public func callAsFunction(_ indices: [Int], tape: Tape? = nil) -> Tensor {
        (tape?.variable(weight) ?? weight.value).gathered(indices)
    }
}
