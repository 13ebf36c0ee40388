import Foundation
import Testing

@testable import ShapeWorld

@Suite("Shape, Surface and Background")
struct ShapeTests {
    @Test("every shape lies within its circle and fills its share of it")
    func areas() {
        // Areas in squared radii: pi; 1.64 squared; 3 sqrt(3) / 4; ten triangles; two bars less their overlap; a ring.
        let areas: [Shape: Double] = [
            .circle: 3.1416, .square: 2.6896, .triangle: 1.2990, .star: 1.3226, .cross: 2.0724, .ring: 2.5334,
        ]
        let count = 400
        for shape in Shape.allCases {
            var inside = 0
            for row in 0..<count {
                for column in 0..<count {
                    let x = (Float(column) + 0.5) / Float(count) * 2.4 - 1.2
                    let y = (Float(row) + 0.5) / Float(count) * 2.4 - 1.2
                    guard shape.distance(x, y) < 0 else { continue }
                    inside += 1
                    #expect(x * x + y * y < 1.36)
                }
            }
            let area = Double(inside) * 2.4 * 2.4 / Double(count * count)
            #expect(abs(area - (areas[shape] ?? 0)) < 0.02, "\(shape): \(area)")
        }
    }

    @Test("a star has five equal points")
    func star() {
        for point in 0..<5 {
            let angle = 2 * Double.pi / 5 * Double(point)
            let (x, y) = (Float(sin(angle)), Float(-cos(angle)))
            #expect(abs(Shape.star.distance(x, y)) < 1e-4)
            #expect(Shape.star.distance(0.9 * x, 0.9 * y) < 0)
            #expect(Shape.star.distance(-0.6 * x, -0.6 * y) > 0)
        }
    }

    @Test("surfaces and backgrounds stay within their range", arguments: Background.Texture.allCases)
    func ranges(texture: Background.Texture) {
        let pattern = Background(texture: texture, colour: [0, 0, 0], contrast: 1, seed: 5).pattern(side: 40, scale: 32)
        #expect(pattern.count == 1600)
        #expect(pattern.allSatisfy { (-1...1).contains($0) })
        #expect((texture == .plain) == (Set(pattern).count == 1))
        for surface in Surface.allCases {
            for place in -30...30 {
                #expect((0.49...1.01).contains(surface.shade(Float(place) / 20, Float(place) / 33)))
            }
        }
    }
}
