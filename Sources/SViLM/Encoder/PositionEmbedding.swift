import Networks
import Tensors

/// A learned vector for each time and one for each place, added together, so that clip length and frame size can change:
/// both tables are interpolated when they do.
public struct PositionEmbedding: Module {
    /// `[times, channels]`
    public let time: Parameter
    /// `[rows · columns, channels]`
    public let space: Parameter
    private let gridSize: Int

    init(times: Int, gridSize: Int, channels: Int, using generator: inout RandomGenerator) {
        time = Parameter(.normal([times, channels], deviation: 0.02, using: &generator), decays: false)
        space = Parameter(.normal([gridSize * gridSize, channels], deviation: 0.02, using: &generator), decays: false)
        self.gridSize = gridSize
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
        return tokens + inTime.reshaped([times, 1, channels]) + inSpace.reshaped([rows * columns, channels])
    }
}
