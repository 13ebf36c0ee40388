import Foundation
import Tensors
import Testing
import Video

@testable import ShapeWorld

@Suite("Motions as rendered")
struct MotionTests {
    /// Middle and number of the pixels that a white shape covers.
    private func seen(_ motion: Motion, at seconds: Double, shape: Shape = .square) -> (
        x: Double, y: Double, area: Double
    ) {
        let actor = Actor(
            shape: shape, colour: .white, surface: .plain, radius: 0.12,
            steps: [MotionStep(motion: motion, start: 0, end: 10, base: Pose(x: 0.55, y: 0.5))])
        let background = Background(texture: .plain, colour: [0, 0, 0], contrast: 0, seed: 0)
        let scene = Scene(background: background, camera: Camera(), actors: [actor])
        let image = SceneRenderer(scene: scene, size: 64).image(at: seconds, frame: 0)
        var (x, y, area) = (0.0, 0.0, 0.0)
        for row in 0..<64 {
            for column in 0..<64 {
                let weight = Double(image.pixels[(row * 64 + column) * 3]) / 240
                x += weight * (Double(column) + 0.5) / 64
                y += weight * (Double(row) + 0.5) / 64
                area += weight
            }
        }
        return (x / max(area, 1e-9), y / max(area, 1e-9), area)
    }

    @Test("a resting shape is where it was put, with the area it should have")
    func still() {
        let shape = seen(.still, at: 3)
        #expect(abs(shape.x - 0.55) < 0.002 && abs(shape.y - 0.5) < 0.002)
        #expect(abs(shape.area - 2.6896 * 0.12 * 0.12 * 64 * 64) < 4)
    }

    @Test(
        "moving shapes go their way at their speed",
        arguments: [
            (Motion.movingLeft, -1.0, 0.0), (.movingRight, 1, 0), (.movingUp, 0, -1), (.movingDown, 0, 1),
        ])
    func moving(motion: Motion, x: Double, y: Double) {
        let (before, after) = (seen(motion, at: 0), seen(motion, at: 0.5))
        #expect(abs(after.x - before.x - x * MotionStep.speed / 2) < 0.003)
        #expect(abs(after.y - before.y - y * MotionStep.speed / 2) < 0.003)
    }

    @Test("growing, shrinking and pulsing change the area only")
    func sizes() {
        #expect(seen(.growing, at: 0.8).area > 1.4 * seen(.growing, at: 0.2).area)
        #expect(seen(.shrinking, at: 0.8).area < 0.8 * seen(.shrinking, at: 0.2).area)
        let pulse = [0, 0.4, 0.83, 1.2, 1.66].map { seen(.pulsing, at: $0) }
        #expect(pulse[1].area > 1.2 * pulse[0].area && pulse[2].area > 1.2 * pulse[1].area)
        #expect(pulse[3].area < pulse[2].area / 1.2 && pulse[4].area < pulse[3].area / 1.2)
        for shape in pulse { #expect(abs(shape.x - 0.55) < 0.003) }
    }

    @Test("spinning keeps place and area, and the two senses mirror each other")
    func spinning() {
        let (turned, other) = (
            seen(.spinningClockwise, at: 0.3, shape: .triangle),
            seen(.spinningCounterclockwise, at: 0.3, shape: .triangle)
        )
        #expect(abs(turned.area - seen(.still, at: 0, shape: .triangle).area) < 2)
        #expect(abs(turned.area - other.area) < 2)
        let clockwise = MotionStep(motion: .spinningClockwise, start: 0, end: 1, base: Pose(x: 0.5, y: 0.5)).pose(
            at: 0.3)
        #expect(clockwise.angle > 0)
    }

    @Test("blinking hides the shape half of the time")
    func blinking() {
        let seenShare = (0..<100).filter { seen(.blinking, at: Double($0) * 0.0588).area > 1 }.count
        #expect((45...55).contains(seenShare))
    }

    @Test("zigzagging goes sideways and up and down, circling comes back, shaking stays near")
    func paths() {
        let step = { (motion: Motion) in MotionStep(motion: motion, start: 0, end: 10, base: Pose(x: 0.3, y: 0.6)) }
        let zigzag = (0...20).map { step(.zigzaggingRight).pose(at: Double($0) / 20) }
        #expect(zip(zigzag, zigzag.dropFirst()).allSatisfy { $0.x < $1.x })
        #expect((zigzag.map(\.y).max() ?? 0) > 0.68 && (zigzag.map(\.y).min() ?? 1) < 0.52)
        let circle = step(.circlingClockwise)
        let round = 1 / MotionStep.circleRate
        #expect(hypot(circle.pose(at: round).x - 0.3, circle.pose(at: round).y - 0.6) < 1e-9)
        #expect(abs(hypot(circle.pose(at: round / 2).x - 0.3, circle.pose(at: round / 2).y - 0.6) - 0.26) < 1e-9)
        for tick in 0..<50 { #expect(abs(step(.shaking).pose(at: Double(tick) / 17).x - 0.3) < 0.036) }
    }

    @Test("a shape that leaves comes back on the other side", arguments: [-3.7, -0.1, 0, 0.5, 1.05, 1.2, 9.3])
    func wrapping(place: Double) {
        let wrapped = Actor.wrapped(place, margin: 0.1)
        #expect((-0.1 - 1e-9...1.1 + 1e-9).contains(wrapped))
        let rounds = (place - wrapped) / 1.2
        #expect(abs(rounds - rounds.rounded()) < 1e-9)
    }

    @Test("the camera keeps within its reach, and a frame number always gives the same picture")
    func camera() {
        let camera = Camera(drift: 0.05, jitter: 0.01, flicker: 0.02, noise: 6, seed: 9)
        for frame in 0..<200 {
            let state = camera.state(at: Double(frame) / 10, frame: frame)
            #expect(max(abs(state.x), abs(state.y)) <= camera.reach)
        }
        let background = Background(texture: .clouds, colour: [90, 90, 90], contrast: 20, seed: 1)
        let renderer = SceneRenderer(scene: Scene(background: background, camera: camera, actors: []), size: 32)
        let first = renderer.image(at: 0.7, frame: 7)
        _ = renderer.image(at: 0.8, frame: 8)
        #expect(renderer.image(at: 0.7, frame: 7) == first)
        #expect(renderer.image(at: 0.8, frame: 8) != first)
    }
}
