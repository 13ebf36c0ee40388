import Foundation

/// Where a shape is and how it looks at one moment. Lengths are in frame sides, so that a scene has no size in pixels.
public struct Pose: Hashable, Sendable {
    public var x: Double
    public var y: Double
    /// Clockwise, in radians.
    public var angle = 0.0
    /// Times the size of the shape.
    public var scale = 1.0
    public var isVisible = true

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// What a shape can do.
public enum Motion: String, Hashable, Codable, Sendable, CaseIterable {
    case still
    case movingLeft, movingRight, movingUp, movingDown
    case spinningClockwise, spinningCounterclockwise
    case growing, shrinking, pulsing
    case blinking
    case zigzaggingLeft, zigzaggingRight
    case circlingClockwise, circlingCounterclockwise
    case shaking
    /// Slow and small, for shapes whose motion has no name.
    case swaying

    /// Whether it is invisible on a shape without corners.
    public var isTurn: Bool { self == .spinningClockwise || self == .spinningCounterclockwise }
}

/// One motion between two moments.
public struct MotionStep: Hashable, Sendable {
    public var motion: Motion
    /// In seconds from the start of the scene.
    public var start: Double
    public var end: Double
    /// Where it begins.
    public var base: Pose
    /// Speed and extent relative to the usual ones.
    public var vigour = 1.0

    public init(motion: Motion, start: Double, end: Double, base: Pose, vigour: Double = 1) {
        self.motion = motion
        self.start = start
        self.end = end
        self.base = base
        self.vigour = vigour
    }

    /// Frame sides a second at vigour 1.
    static let speed = 0.38
    /// Turns a second.
    static let spinRate = 0.45
    /// Growths, shrinkings or pulses a second, and the largest scale.
    static let growthRate = 0.6
    static let largestScale = 1.75
    /// Visibility cycles per second.
    static let blinkRate = 1.7
    /// Zigzags a second and their height.
    static let zigzagRate = 1.1
    static let zigzagHeight = 0.11
    /// Rounds a second and their radius.
    static let circleRate = 0.6
    static let circleRadius = 0.13
    /// Shakes a second and their width.
    static let shakeRate = 2.9
    static let shakeWidth = 0.035

    /// The pose at a moment within the step.
    public func pose(at seconds: Double) -> Pose {
        let elapsed = seconds - start
        var pose = base
        let travelled = Self.speed * vigour * elapsed
        switch motion {
        case .still: break
        case .movingLeft: pose.x -= travelled
        case .movingRight: pose.x += travelled
        case .movingUp: pose.y -= travelled
        case .movingDown: pose.y += travelled
        case .spinningClockwise: pose.angle += 2 * .pi * Self.spinRate * vigour * elapsed
        case .spinningCounterclockwise: pose.angle -= 2 * .pi * Self.spinRate * vigour * elapsed
        case .growing: pose.scale *= 1 + (Self.largestScale - 1) * growth(elapsed)
        case .shrinking: pose.scale *= Self.largestScale - (Self.largestScale - 1) * growth(elapsed)
        case .pulsing: pose.scale *= 1 + (Self.largestScale - 1) * (0.5 - 0.5 * cos(2 * .pi * growth(elapsed)))
        case .blinking:
            let phase = Self.blinkRate * vigour * elapsed
            pose.isVisible = phase - phase.rounded(.down) >= 0.5
        case .zigzaggingLeft, .zigzaggingRight:
            pose.x += (motion == .zigzaggingLeft ? -0.7 : 0.7) * travelled
            pose.y += Self.zigzagHeight * Self.triangle(Self.zigzagRate * vigour * elapsed)
        case .circlingClockwise, .circlingCounterclockwise:
            // The centre of the circle lies towards the middle of the frame.
            let first = atan2(base.y - 0.5, base.x - 0.5)
            let sense: Double = motion == .circlingClockwise ? 1 : -1
            let angle = first + sense * 2 * .pi * Self.circleRate * vigour * elapsed
            pose.x += Self.circleRadius * (cos(angle) - cos(first))
            pose.y += Self.circleRadius * (sin(angle) - sin(first))
        case .shaking: pose.x += Self.shakeWidth * sin(2 * .pi * Self.shakeRate * vigour * elapsed)
        case .swaying:
            pose.x += 0.03 * sin(2 * .pi * 0.23 * vigour * elapsed)
            pose.y += 0.03 * sin(2 * .pi * 0.17 * vigour * elapsed)
        }
        return pose
    }

    /// The pose at the end of the step: position and angle remain, size and visibility return to normal.
    var endPose: Pose {
        var pose = pose(at: end)
        pose.scale = base.scale
        pose.isVisible = true
        return pose
    }

    /// A sawtooth wave from 0 to 1.
    private func growth(_ elapsed: Double) -> Double {
        let phase = Self.growthRate * vigour * elapsed
        return phase - phase.rounded(.down)
    }

    /// A triangle wave of period 1: 0, up to 1, down to -1, and back.
    private static func triangle(_ phase: Double) -> Double {
        let shifted = phase + 0.25
        return 1 - 4 * abs(shifted - shifted.rounded(.down) - 0.5)
    }
}
