public import Tensors

/// A table of vectors, looked up by index.
public struct Embedding: Module {
    /// `[entries, channels]`
    public let weight: Parameter

    /// A table of normally distributed vectors.
    public init(
        _ entries: Int, _ channels: Int, standardDeviation: Float = 0.02, using generator: inout RandomGenerator
    ) {
        weight = Parameter(
            .normal([entries, channels], standardDeviation: standardDeviation, using: &generator), decays: false)
    }

    /// The vectors of some entries: `[indices, channels]`.
    ///
    /// - Parameters:
    ///   - indices: the entries to look up.
    ///   - tape: the tape to record on; nil where no gradient is wanted.
    public func callAsFunction(_ indices: [Int], tape: Tape? = nil) -> Tensor {
        (tape?.variable(weight) ?? weight.value).gathered(indices)
    }
}
