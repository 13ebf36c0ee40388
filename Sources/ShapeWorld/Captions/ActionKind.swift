/// What a shape in a captioned clip does, as a sentence describes it.
public enum ActionKind: String, Hashable, Codable, Sendable, CaseIterable {
    case resting, moving, spinning, growing, shrinking, pulsing, blinking, zigzagging, circling, shaking

    /// The motions that it covers.
    public var motions: [Motion] {
        switch self {
        case .resting: return [.still]
        case .moving: return [.movingLeft, .movingRight, .movingUp, .movingDown]
        case .spinning: return [.spinningClockwise, .spinningCounterclockwise]
        case .growing: return [.growing]
        case .shrinking: return [.shrinking]
        case .pulsing: return [.pulsing]
        case .blinking: return [.blinking]
        case .zigzagging: return [.zigzaggingLeft, .zigzaggingRight]
        case .circling: return [.circlingClockwise, .circlingCounterclockwise]
        case .shaking: return [.shaking]
        }
    }

    /// The verb for one subject, such as "spins".
    public var verb: String {
        switch self {
        case .resting: return "rests"
        case .moving: return "moves"
        case .spinning: return "spins"
        case .growing: return "grows"
        case .shrinking: return "shrinks"
        case .pulsing: return "pulses"
        case .blinking: return "blinks"
        case .zigzagging: return "zigzags"
        case .circling: return "circles"
        case .shaking: return "shakes"
        }
    }
}

extension Motion {
    /// The word for the direction, if there is one.
    var directionWord: String? {
        switch self {
        case .movingLeft, .zigzaggingLeft: return "left"
        case .movingRight, .zigzaggingRight: return "right"
        case .movingUp: return "up"
        case .movingDown: return "down"
        case .spinningClockwise, .circlingClockwise: return "clockwise"
        case .spinningCounterclockwise, .circlingCounterclockwise: return "counterclockwise"
        case .still, .growing, .shrinking, .pulsing, .blinking, .shaking, .swaying: return nil
        }
    }
}
