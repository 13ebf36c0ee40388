import Foundation
import Tensors

/// Tables of position vectors, and what they become for clips of another size.
enum PositionTable {
    /// The fixed table of VideoMAE over the flattened index: row `p`, column `j` has the angle `p / 10000^(2⌊j/2⌋/width)`,
    /// even columns its sine, odd ones its cosine (Vaswani et al., 2017).
    static func sinusoid(count: Int, width: Int) -> Tensor {
        let rates = (0..<width).map { pow(10000, Double(2 * ($0 / 2)) / Double(width)) }
        return Tensor([count, width]) { target in
            for row in 0..<count {
                for column in 0..<width {
                    let angle = Double(row) / rates[column]
                    target[row * width + column] = Float(column % 2 == 0 ? sin(angle) : cos(angle))
                }
            }
        }
    }

    /// A table for another grid: bicubic over rows and columns, linear over time; rows before those of the grid are kept.
    ///
    /// - Parameters:
    ///   - table: `[prefix + old.count, width]`
    ///   - antialias: whether the bicubic kernel widens where the table shrinks, as `torch` does on request; its parameter is
    ///     −0.5 then and −0.75 otherwise.
    static func resized(
        _ table: Tensor, prefix: Int, from old: TokenGrid, to new: TokenGrid, antialias: Bool
    ) -> Tensor {
        guard old != new else { return table }
        let width = table.shape[1]
        var body = table.slice(axis: 0, prefix..<table.shape[0]).reshaped([old.times, old.rows, old.columns, width])
        if (old.rows, old.columns) != (new.rows, new.columns) {
            let taps = antialias ? ResizeTaps.antialiasedCubic : ResizeTaps.cubic
            body = apply(taps(old.columns, new.columns), to: body, axis: 2)
            body = apply(taps(old.rows, new.rows), to: body, axis: 1)
        }
        if old.times != new.times { body = apply(ResizeTaps.linear(old.times, new.times), to: body, axis: 0) }
        let rows = body.reshaped([new.count, width])
        return prefix == 0 ? rows : .concatenated([table.slice(axis: 0, 0..<prefix), rows], axis: 0)
    }

    private static func apply(_ taps: [ResizeTaps], to x: Tensor, axis: Int) -> Tensor {
        let outer = x.shape[..<axis].reduce(1, *), inner = x.shape[(axis + 1)...].reduce(1, *)
        let length = x.shape[axis]
        var shape = x.shape
        shape[axis] = taps.count
        return Tensor(shape) { target in
            target.update(repeating: 0)
            x.withElements { x in
                for block in 0..<outer {
                    for (place, tap) in taps.enumerated() {
                        let to = (block * taps.count + place) * inner
                        for (index, weight) in zip(tap.indices, tap.weights) {
                            let from = (block * length + index) * inner
                            for k in 0..<inner { target[to + k] += Float(weight) * x[from + k] }
                        }
                    }
                }
            }
        }
    }
}

/// Which old values make a new one, and with which weights. Coordinates are of pixel centres, half a pixel in from the border.
struct ResizeTaps: Hashable, Sendable {
    var indices: [Int]
    var weights: [Double]

    /// Two neighbours, the border repeated.
    static func linear(_ old: Int, _ new: Int) -> [ResizeTaps] {
        (0..<new).map { place in
            let position = max(0, (Double(place) + 0.5) * Double(old) / Double(new) - 0.5)
            let first = min(Int(position), old - 1), fraction = position - Double(first)
            return ResizeTaps(indices: [first, min(first + 1, old - 1)], weights: [1 - fraction, fraction])
        }
    }

    /// Four neighbours, the border repeated; Keys' kernel (1981) with a = −0.75.
    static func cubic(_ old: Int, _ new: Int) -> [ResizeTaps] {
        (0..<new).map { place in
            let position = (Double(place) + 0.5) * Double(old) / Double(new) - 0.5
            let first = position.rounded(.down)
            let indices = (-1...2).map { min(max(Int(first) + $0, 0), old - 1) }
            return ResizeTaps(
                indices: indices, weights: (-1...2).map { kernel(first + Double($0) - position, a: -0.75) })
        }
    }

    /// All old values under a kernel that is as wide as a new one; a = −0.5, weights normalised, nothing beyond the border.
    static func antialiasedCubic(_ old: Int, _ new: Int) -> [ResizeTaps] {
        let scale = Double(old) / Double(new), stretch = max(scale, 1)
        return (0..<new).map { place in
            let center = (Double(place) + 0.5) * scale
            let first = max(0, Int(center - 2 * stretch + 0.5)), last = min(old, Int(center + 2 * stretch + 0.5))
            let weights = (first..<last).map { kernel((Double($0) - center + 0.5) / stretch, a: -0.5) }
            let sum = weights.reduce(0, +)
            return ResizeTaps(indices: Array(first..<last), weights: weights.map { $0 / sum })
        }
    }

    private static func kernel(_ distance: Double, a: Double) -> Double {
        let x = abs(distance)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }
}
