/// How hard the world is, by name.
///
/// | | easy | default | hard |
/// |---|---|---|---|
/// | actions | 6 kinds | 7 kinds | 13, with direction pairs |
/// | background | plain, gradient, clouds, contrast 12 | all textures, contrast 34 | all textures, contrast 38 |
/// | camera drift, trembling (frame sides) | 0, 0 | 0.06, 0.012 | 0.07, 0.016 |
/// | flicker, pixel noise (0...255) | 0, 2 | 2 %, 6 | 3 %, 8 |
/// | distractors | none | 1 or 2, swaying | 2 or 3, swaying |
/// | vigour of a motion | 1 | 0.8...1.25 | 0.65...1.4 |
public enum Difficulty: String, Hashable, Codable, Sendable, CaseIterable {
    case easy, `default`, hard

    public var settings: WorldSettings {
        switch self {
        case .easy:
            return WorldSettings(
                actions: ActionClass.kinds.filter { $0.label != "shaking" }, textures: [.plain, .gradient, .clouds],
                contrast: 12, drift: 0, jitter: 0, flicker: 0, noise: 2, distractors: 0...0, distractorMotion: .still,
                vigour: 1...1)
        case .default:
            return WorldSettings(
                actions: ActionClass.kinds, textures: Background.Texture.allCases, contrast: 34, drift: 0.06,
                jitter: 0.012, flicker: 0.02, noise: 6, distractors: 1...2, distractorMotion: .swaying,
                vigour: 0.8...1.25)
        case .hard:
            return WorldSettings(
                actions: ActionClass.directed, textures: Background.Texture.allCases, contrast: 38, drift: 0.07,
                jitter: 0.016, flicker: 0.03, noise: 8, distractors: 2...3, distractorMotion: .swaying,
                vigour: 0.65...1.4)
        }
    }
}

/// The settings of a ``Difficulty``.
public struct WorldSettings: Hashable, Sendable {
    public var actions: [ActionClass]
    public var textures: [Background.Texture]
    /// Of the background, 0...255.
    public var contrast: Double
    /// Of the camera; see ``Camera``.
    public var drift: Double
    public var jitter: Double
    public var flicker: Double
    public var noise: Double
    /// The number of shapes besides the acting one.
    public var distractors: ClosedRange<Int>
    public var distractorMotion: Motion
    /// Of the actions; see ``MotionStep/vigour``.
    public var vigour: ClosedRange<Double>
    /// Radius of shapes, in frame sides.
    public var radius = 0.12...0.2
    /// Length of an action, in seconds.
    public var actionSeconds = 1.6...5.0
    /// Length of the rest between actions, in seconds.
    public var idleSeconds = 0.8...3.0
}

/// A label and the motions that it covers.
public struct ActionClass: Hashable, Sendable {
    public var label: String
    /// All are equally likely.
    public var motions: [Motion]

    /// Kinds of motion, regardless of direction.
    public static let kinds = [
        ActionClass(label: "moving", motions: [.movingLeft, .movingRight, .movingUp, .movingDown]),
        ActionClass(label: "spinning", motions: [.spinningClockwise, .spinningCounterclockwise]),
        ActionClass(label: "growing", motions: [.growing]),
        ActionClass(label: "blinking", motions: [.blinking]),
        ActionClass(label: "zigzagging", motions: [.zigzaggingLeft, .zigzaggingRight]),
        ActionClass(label: "circling", motions: [.circlingClockwise, .circlingCounterclockwise]),
        ActionClass(label: "shaking", motions: [.shaking]),
    ]

    /// Kinds of motion that differ only in direction, and kinds that differ little.
    public static let directed = [
        ActionClass(label: "moving left", motions: [.movingLeft]),
        ActionClass(label: "moving right", motions: [.movingRight]),
        ActionClass(label: "moving up", motions: [.movingUp]),
        ActionClass(label: "moving down", motions: [.movingDown]),
        ActionClass(label: "spinning clockwise", motions: [.spinningClockwise]),
        ActionClass(label: "spinning counterclockwise", motions: [.spinningCounterclockwise]),
        ActionClass(label: "growing", motions: [.growing]),
        ActionClass(label: "shrinking", motions: [.shrinking]),
        ActionClass(label: "pulsing", motions: [.pulsing]),
        ActionClass(label: "blinking", motions: [.blinking]),
        ActionClass(label: "zigzagging", motions: [.zigzaggingLeft, .zigzaggingRight]),
        ActionClass(label: "circling", motions: [.circlingClockwise, .circlingCounterclockwise]),
        ActionClass(label: "shaking", motions: [.shaking]),
    ]
}
