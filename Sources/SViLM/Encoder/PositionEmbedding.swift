public import Networks
public import Tensors

/// A learned vector for each time and one for each patch of the frame, added together. Both tables are interpolated when the
/// clip length or frame size differs from that of training.
public struct PositionEmbedding: Module {
    /// `[times, channels]`
    public let time: Parameter
    /// `[rows · columns, channels]`
    public let space: Parameter
    private let gridSize: Int
    private let timeDropout: Float

    /// - Parameter timeDropout: probability of dropping the temporal part for a sample during training.
    init(
        times: Int, gridSize: Int, channels: Int, timeDropout: Float = 0, using generator: inout RandomGenerator
    ) {
        time = Parameter(.normal([times, channels], standardDeviation: 0.02, using: &generator), decays: false)
        space = Parameter(
            .normal([gridSize * gridSize, channels], standardDeviation: 0.02, using: &generator), decays: false)
        self.gridSize = gridSize
        self.timeDropout = timeDropout
    }

    /// Adds the embedding to tokens `[batch, times, rows · columns, channels]`.
    public func callAsFunction(_ tokens: Tensor, rows: Int, columns: Int) -> Tensor {
        let (times, channels) = (tokens.shape[1], tokens.shape[3])
        let inTime = time(with: tokens).reshaped([1, -1, channels]).interpolated(toLength: times)
        var inSpace = space(with: tokens)
        if rows != gridSize || columns != gridSize {
            inSpace = inSpace.reshaped([1, gridSize, gridSize * channels]).interpolated(toLength: rows)
                .reshaped([rows, gridSize, channels]).interpolated(toLength: columns)
        }
        var temporal = inTime.reshaped([1, times, 1, channels])
        if timeDropout > 0, let tape = tokens.tape, tape.isTraining {
            let batch = tokens.shape[0]
            let keeps = (0..<batch).map { _ in Float(tape.generator.uniform()) < timeDropout ? Float(0) : 1 }
            temporal = temporal * Tensor(keeps, shape: [batch, 1, 1, 1])
        }
        return tokens + temporal + inSpace.reshaped([rows * columns, channels])
    }
}
