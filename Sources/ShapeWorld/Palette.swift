/// The colours that shapes have, distinct enough to be named.
public enum Palette: String, Hashable, Codable, Sendable, CaseIterable {
    case red, green, blue, yellow, magenta, cyan, orange, white

    /// Red, green and blue on the scale 0...255.
    public var rgb: SIMD3<Float> {
        switch self {
        case .red: return [220, 40, 40]
        case .green: return [40, 180, 60]
        case .blue: return [50, 80, 230]
        case .yellow: return [235, 220, 50]
        case .magenta: return [215, 60, 200]
        case .cyan: return [50, 205, 215]
        case .orange: return [240, 140, 30]
        case .white: return [240, 240, 240]
        }
    }
}
