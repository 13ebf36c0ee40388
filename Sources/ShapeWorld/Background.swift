import Foundation
import Tensors

/// The background behind the shapes.
public struct Background: Hashable, Sendable {
    public enum Texture: String, Hashable, Codable, Sendable, CaseIterable {
        case plain, clouds, stripes, checks, gradient
    }

    public var texture: Texture
    /// Mean red, green and blue, 0...255.
    public var colour: SIMD3<Float>
    /// The largest deviation of the texture from the mean, 0...255.
    public var contrast: Float
    /// The seed that distinguishes textures of the same kind.
    public var seed: UInt64

    public init(texture: Texture, colour: SIMD3<Float>, contrast: Float, seed: UInt64) {
        self.texture = texture
        self.colour = colour
        self.contrast = contrast
        self.seed = seed
    }

    /// Values of the texture between -1 and 1 on a grid of `side` by `side` points, `scale` of which span the side of a frame.
    func pattern(side: Int, scale: Int) -> [Float] {
        var generator = RandomGenerator(seed: seed)
        let angle = generator.uniform(0, .pi)
        let frequency = generator.uniform(4, 8)
        let phase = generator.uniform()
        let (across, down) = (cos(angle) / Double(scale), sin(angle) / Double(scale))
        switch texture {
        case .plain:
            return [Float](repeating: 0, count: side * side)
        case .clouds:
            return Self.clouds(side: side, scale: scale, using: &generator)
        case .gradient:
            return Self.fill(side) { x, y in
                Float(max(-1, min(1, 1.4 * (Double(x) * across + Double(y) * down) - 0.7)))
            }
        case .stripes:
            return Self.fill(side) { x, y in
                Float(sin(2 * .pi * (frequency * (Double(x) * across + Double(y) * down) + phase)))
            }
        case .checks:
            return Self.fill(side) { x, y in
                let first = sin(2 * .pi * (frequency / 2 * (Double(x) * across + Double(y) * down) + phase))
                let second = sin(2 * .pi * (frequency / 2 * (Double(y) * across - Double(x) * down) + phase))
                return Float(max(-1, min(1, 6 * first * second)))
            }
        }
    }

    private static func fill(_ side: Int, _ value: (Int, Int) -> Float) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(side * side)
        for y in 0..<side { for x in 0..<side { values.append(value(x, y)) } }
        return values
    }

    /// Three octaves of smoothly interpolated random values.
    private static func clouds(side: Int, scale: Int, using generator: inout RandomGenerator) -> [Float] {
        var values = [Float](repeating: 0, count: side * side)
        for (cells, weight) in [(4, Float(0.55)), (9, 0.3), (20, 0.15)] {
            let step = Double(scale) / Double(cells)
            let count = Int(Double(side) / step) + 3
            let lattice = (0..<count * count).map { _ in Float(generator.uniform(-1, 1)) }
            // Each point lies between the same lattice columns in every row.
            let columns = (0..<side).map { place -> (Int, Float) in
                let position = Double(place) / step
                let part = Float(position - position.rounded(.down))
                return (Int(position), part * part * (3 - 2 * part))
            }
            for y in 0..<side {
                let (row, down) = columns[y]
                for x in 0..<side {
                    let (column, across) = columns[x]
                    let corner = row * count + column
                    let upper = lattice[corner] + (lattice[corner + 1] - lattice[corner]) * across
                    let lower =
                        lattice[corner + count] + (lattice[corner + count + 1] - lattice[corner + count]) * across
                    values[y * side + x] += weight * (upper + (lower - upper) * down)
                }
            }
        }
        return values.map { max(-1, min(1, 1.8 * $0)) }
    }
}
