import Foundation
import Tensors

/// Sinusoids of the position, divided by the root of the number of channels (Vaswani et al., 2017, section 3.5).
struct PositionTable: Sendable {
    /// `[1, length, channels]`
    let values: Tensor

    init(length: Int, channels: Int) {
        let scale = 1 / Double(channels).squareRoot()
        values = Tensor([1, length, channels]) { target in
            for position in 0..<length {
                for channel in 0..<channels {
                    let angle = Double(position) / pow(10_000, Double(channel / 2 * 2) / Double(channels))
                    target[position * channels + channel] = Float(scale * (channel % 2 == 0 ? sin(angle) : cos(angle)))
                }
            }
        }
    }

    /// The first rows of the table for sequences of a nominal length, stretched where that is longer than the table;
    /// `[batch, count, channels]`.
    func rows(_ count: Int, of nominalLength: Int, batch: Int) -> Tensor {
        let table = nominalLength > values.shape[1] ? values.interpolated(toLength: nominalLength) : values
        let rows = table.slice(axis: 1, 0..<count)
        return batch == 1 ? rows : .concatenated(Array(repeating: rows, count: batch), axis: 0)
    }
}
