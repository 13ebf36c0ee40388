/// The outlines of the world, each within a circle of radius 1 about its middle.
public enum Shape: String, Hashable, Codable, Sendable, CaseIterable {
    case circle, square, triangle, star, cross, ring

    /// Whether rotation is visible on a plain surface.
    public var showsTurns: Bool { self != .circle && self != .ring }

    /// Signed distance from the outline, negative inside; exact near edges, close enough elsewhere for antialiasing.
    ///
    /// - Parameters:
    ///   - x: to the right of the middle, in radii.
    ///   - y: below the middle, in radii.
    @inline(__always)
    func distance(_ x: Float, _ y: Float) -> Float {
        switch self {
        case .circle:
            return (x * x + y * y).squareRoot() - 1
        case .ring:
            return abs((x * x + y * y).squareRoot() - 0.72) - 0.28
        case .square:
            return max(abs(x), abs(y)) - 0.82
        case .cross:
            let (across, down) = (abs(x), abs(y))
            return min(max(across - 0.95, down - 0.33), max(across - 0.33, down - 0.95))
        case .triangle:
            return max(0.866_025 * abs(x) - 0.5 * y, y) - 0.5
        case .star:
            return Self.starDistance(x, y)
        }
    }

    /// Folds the plane along the symmetry lines of a five-pointed star until one half of its upper point is left, whose
    /// edge is a straight line.
    @inline(__always)
    private static func starDistance(_ x: Float, _ y: Float) -> Float {
        var (x, y) = (abs(x), y)
        // Normals of the lines 108 and 36 degrees away from straight up.
        let upper = max(0, -0.309_017 * x + 0.951_057 * y)
        x += 2 * 0.309_017 * upper
        y -= 2 * 0.951_057 * upper
        let lower = max(0, 0.809_017 * x + 0.587_785 * y)
        x -= 2 * 0.809_017 * lower
        y -= 2 * 0.587_785 * lower
        // From the tip (0, -1) to the inner corner at 0.45 radii.
        let (edgeX, edgeY): (Float, Float) = (0.45 * 0.587_785, 1 - 0.45 * 0.809_017)
        let length = (edgeX * edgeX + edgeY * edgeY).squareRoot()
        return (edgeY * abs(x) - edgeX * (y + 1)) / length
    }
}
