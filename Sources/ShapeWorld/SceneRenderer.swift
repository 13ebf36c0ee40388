import Foundation
import Tensors
public import Video

/// Draws the frames of one scene with antialiased edges. A renderer belongs to one thread at a time.
public final class SceneRenderer {
    public let scene: Scene
    /// Width and height of frames in pixels.
    public let size: Int

    /// The background with a margin on all sides for the camera to drift, red, green and blue.
    private let backdrop: [Float]
    private let backdropSide: Int
    private let margin: Int
    private var canvas: [Float]
    /// What each random byte adds to a pixel.
    private let noiseTable: [Float]

    public init(scene: Scene, size: Int) {
        precondition(size > 0, "a frame of \(size) pixels")
        self.scene = scene
        self.size = size
        margin = Int((scene.camera.reach * Double(size)).rounded(.up)) + 2
        let side = size + 2 * margin
        backdropSide = side
        let background = scene.background
        let pattern = background.pattern(side: side, scale: size)
        backdrop = [Float](unsafeUninitializedCapacity: side * side * 3) { target, count in
            for (place, value) in pattern.enumerated() {
                for channel in 0..<3 {
                    target[place * 3 + channel] = background.colour[channel] + background.contrast * value
                }
            }
            count = side * side * 3
        }
        canvas = [Float](repeating: 0, count: size * size * 3)
        // Uniform bytes have a standard deviation of 256 / sqrt(12).
        noiseTable = (0..<256).map { (Float($0) - 127.5) * Float(scene.camera.noise) / 73.9 }
    }

    /// The picture at a moment.
    ///
    /// - Parameters:
    ///   - seconds: from the start of the scene.
    ///   - frame: number of the frame, which seeds the random changes from frame to frame.
    public func image(at seconds: Double, frame: Int) -> RGBImage {
        var camera = scene.camera.state(at: seconds, frame: frame)
        drawBackdrop(camera)
        for actor in scene.actors {
            if let pose = actor.pose(at: seconds), pose.isVisible { draw(actor, pose, camera) }
        }
        return RGBImage(width: size, height: size, pixels: develop(gain: Float(camera.gain), &camera.generator))
    }

    /// Copies the part of the backdrop that the camera sees, interpolated between pixels.
    private func drawBackdrop(_ camera: Camera.State) {
        let left = Double(margin) + camera.x * Double(size)
        let top = Double(margin) + camera.y * Double(size)
        let (column, row) = (Int(left), Int(top))
        let (across, down) = (Float(left - Double(column)), Float(top - Double(row)))
        let weights = ((1 - across) * (1 - down), across * (1 - down), (1 - across) * down, across * down)
        let rowCount = backdropSide * 3
        canvas.withUnsafeMutableBufferPointer { canvas in
            backdrop.withUnsafeBufferPointer { backdrop in
                for y in 0..<size {
                    let first = (row + y) * rowCount + column * 3
                    for place in 0..<size * 3 {
                        let corner = first + place
                        canvas[y * size * 3 + place] =
                            weights.0 * backdrop[corner] + weights.1 * backdrop[corner + 3]
                            + weights.2 * backdrop[corner + rowCount] + weights.3 * backdrop[corner + rowCount + 3]
                    }
                }
            }
        }
    }

    private func draw(_ actor: Actor, _ pose: Pose, _ camera: Camera.State) {
        // The camera moves shapes and background alike.
        let centreX = Float((pose.x - camera.x) * Double(size))
        let centreY = Float((pose.y - camera.y) * Double(size))
        let radius = Float(actor.radius * pose.scale * Double(size))
        let columns = visible(centreX, radius)
        let rows = visible(centreY, radius)
        guard !columns.isEmpty, !rows.isEmpty, radius > 0 else { return }
        let (cosine, sine) = (Float(cos(pose.angle)), Float(sin(pose.angle)))
        let (shape, surface, colour) = (actor.shape, actor.surface, actor.colour.rgb)
        let inverse = 1 / radius
        canvas.withUnsafeMutableBufferPointer { canvas in
            for row in rows {
                let down = (Float(row) + 0.5 - centreY) * inverse
                for column in columns {
                    let across = (Float(column) + 0.5 - centreX) * inverse
                    let x = cosine * across + sine * down
                    let y = cosine * down - sine * across
                    let coverage = min(1, 0.5 - shape.distance(x, y) * radius)
                    guard coverage > 0 else { continue }
                    let shade = surface.shade(x, y)
                    let place = (row * size + column) * 3
                    canvas[place] += coverage * (shade * colour.x - canvas[place])
                    canvas[place + 1] += coverage * (shade * colour.y - canvas[place + 1])
                    canvas[place + 2] += coverage * (shade * colour.z - canvas[place + 2])
                }
            }
        }
    }

    /// The pixels along one side that a shape about `centre` may touch.
    private func visible(_ centre: Float, _ radius: Float) -> Range<Int> {
        let low = max(0, Int((centre - radius - 1).rounded(.down)))
        let high = min(size, Int((centre + radius + 2).rounded(.up)))
        return low..<max(low, high)
    }

    /// Adds flicker and noise and rounds to bytes.
    private func develop(gain: Float, _ generator: inout RandomGenerator) -> [UInt8] {
        let count = canvas.count
        return [UInt8](unsafeUninitializedCapacity: count) { pixels, written in
            canvas.withUnsafeBufferPointer { canvas in
                noiseTable.withUnsafeBufferPointer { noise in
                    var bits: UInt64 = 0
                    for place in 0..<count {
                        bits = place & 7 == 0 ? generator.next() : bits >> 8
                        let value = canvas[place] * gain + noise[Int(bits & 255)] + 0.5
                        pixels[place] = UInt8(min(255, max(0, value)))
                    }
                }
            }
            written = count
        }
    }
}
