import Foundation
import Tensors

/// How the camera drifts, shakes and flickers.
public struct Camera: Hashable, Sendable {
    /// The largest slow drift, in frame sides.
    public var drift: Double
    /// Standard deviation of the shaking from frame to frame, in frame sides.
    public var jitter: Double
    /// Standard deviation of the brightness from frame to frame, as a fraction.
    public var flicker: Double
    /// Standard deviation of the noise of single pixels, 0...255.
    public var noise: Double
    public var seed: UInt64

    public init(drift: Double = 0, jitter: Double = 0, flicker: Double = 0, noise: Double = 0, seed: UInt64 = 0) {
        self.drift = drift
        self.jitter = jitter
        self.flicker = flicker
        self.noise = noise
        self.seed = seed
    }

    /// The state of the camera in one frame.
    struct State {
        var x: Double
        var y: Double
        var gain: Double
        var generator: RandomGenerator
    }

    /// The largest offset that ``state(at:frame:)`` gives, in frame sides.
    var reach: Double { drift + 3 * jitter }

    func state(at seconds: Double, frame: Int) -> State {
        var phases = RandomGenerator(seed: seed)
        let wander = { (phases: inout RandomGenerator) in
            let slow = sin(2 * .pi * (0.11 * seconds + phases.uniform()))
            return 0.65 * slow + 0.35 * sin(2 * .pi * (0.37 * seconds + phases.uniform()))
        }
        let (x, y) = (drift * wander(&phases), drift * wander(&phases))
        var generator = phases.split(frame)
        let tremble = { (generator: inout RandomGenerator) in max(-3, min(3, generator.normal())) }
        return State(
            x: x + jitter * tremble(&generator), y: y + jitter * tremble(&generator),
            gain: 1 + flicker * tremble(&generator), generator: generator)
    }
}
