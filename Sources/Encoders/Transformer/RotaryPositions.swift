import Foundation
import Tensors

/// Sines and cosines that turn the queries and keys of each token by its position in time, row and column.
///
/// Each axis has `2⌊(head/3)/2⌋` channels of a head, in this order; the rest stays as it is. Neighbouring channels are a pair.
/// In V-JEPA 2 the frequencies are repeated as a block, so that the two channels of a pair see different ones; its weights were
/// trained so (see ``TransformerSettings/Rotary/isTrueRotation``).
struct RotaryPositions: Sendable {
    /// `[tokens, head width]`
    let cosines: [Float]
    let sines: [Float]
    let headWidth: Int

    init(_ settings: TransformerSettings.Rotary, grid: TokenGrid, headWidth: Int) {
        let channels = 2 * ((headWidth / 3) / 2), half = channels / 2
        let rates = (0..<half).map { 1 / pow(10000, Double($0) / Double(half)) }
        var cosines = [Float](repeating: 1, count: grid.count * headWidth)
        var sines = [Float](repeating: 0, count: grid.count * headWidth)
        func scale(_ length: Int) -> Double {
            guard let trained = settings.trainedGrid, length > 1 else { return 1 }
            return Double(trained - 1) / Double(length - 1)
        }
        let (rowScale, columnScale) = (scale(grid.rows), scale(grid.columns))
        let side = settings.assumedGrid
        for token in 0..<grid.count {
            let (rows, columns) = (side ?? grid.rows, side ?? grid.columns)
            let inFrame = token % (rows * columns)
            let positions = [
                Double(token / (rows * columns)), Double(inFrame / columns) * rowScale,
                Double(inFrame % columns) * columnScale,
            ]
            for (axis, position) in positions.enumerated() {
                for channel in 0..<channels {
                    let rate = rates[settings.isTrueRotation ? channel / 2 : channel % half]
                    let place = token * headWidth + axis * channels + channel
                    cosines[place] = Float(cos(position * rate))
                    sines[place] = Float(sin(position * rate))
                }
            }
        }
        self.cosines = cosines
        self.sines = sines
        self.headWidth = headWidth
    }

    /// - Parameter x: `[tokens, heads · head width]`
    func callAsFunction(_ x: Tensor) -> Tensor {
        let width = x.shape[1]
        return Tensor(x.shape) { target in
            x.withElements { x in
                for start in stride(from: 0, to: x.count, by: 2) {
                    let table = start / width * headWidth + start % width % headWidth
                    target[start] = x[start] * cosines[table] - x[start + 1] * sines[table]
                    target[start + 1] = x[start + 1] * cosines[table + 1] + x[start] * sines[table + 1]
                }
            }
        }
    }
}
