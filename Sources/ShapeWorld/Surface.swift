/// The pattern on a shape, fixed to it so that it turns and grows with it.
public enum Surface: String, Hashable, Codable, Sendable, CaseIterable {
    case plain, striped, checked, dotted

    /// Brightness from 0.5 to 1 at a place given in radii.
    @inline(__always)
    func shade(_ x: Float, _ y: Float) -> Float {
        switch self {
        case .plain: return 1
        case .striped: return 0.75 + 0.25 * Self.wave(1.5 * x)
        case .checked: return 0.75 + 0.25 * Self.wave(1.1 * x) * Self.wave(1.1 * y)
        case .dotted: return 0.75 + 0.25 * min(1, max(-1, Self.wave(1.4 * x) + Self.wave(1.4 * y)))
        }
    }

    /// A wave of period 1 between -1 and 1 with steep flanks.
    @inline(__always)
    private static func wave(_ place: Float) -> Float {
        let triangle = abs(place - place.rounded(.down) - 0.5) * 4 - 1
        return min(1, max(-1, 3 * triangle))
    }
}
