/// Frames per second as a fraction, so that 30000/1001 stays exact.
public struct FrameRate: Hashable, Codable, Sendable, CustomStringConvertible {
    public let numerator: Int
    public let denominator: Int

    /// A rate of `numerator / denominator` frames per second; both must be positive.
    public init(_ numerator: Int, _ denominator: Int = 1) {
        precondition(numerator > 0 && denominator > 0, "\(numerator)/\(denominator) is no frame rate")
        self.numerator = numerator
        self.denominator = denominator
    }

    public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

    /// When frame `index` begins, in seconds.
    public func seconds(at index: Int) -> Double { Double(index) * Double(denominator) / Double(numerator) }

    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
