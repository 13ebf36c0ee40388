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

    /// The fraction that a decimal number stands for: rates of NTSC such as 29.97 are multiples of 1/1001, others are taken as
    /// they are written, to a thousandth.
    ///
    /// - Parameter decimal: at least 0.001.
    public init(decimal: Double) {
        let whole = (decimal * 1.001).rounded()
        let isNTSC =
            [24, 30, 48, 60, 120].contains(whole) && abs(decimal - whole / 1.001) < 0.006
            && decimal != decimal.rounded()
        if isNTSC {
            self.init(Int(whole) * 1000, 1001)
        } else {
            let thousandths = max(1, Int((decimal * 1000).rounded()))
            self = FrameRate(thousandths, 1000).reduced
        }
    }

    /// The same rate as the smallest fraction.
    public var reduced: FrameRate {
        var (a, b) = (numerator, denominator)
        while b > 0 { (a, b) = (b, a % b) }
        return FrameRate(numerator / a, denominator / a)
    }

    /// The same rate, or one near it, as a fraction that a ``VideoWriter`` takes.
    package var writable: FrameRate {
        let rate = reduced
        guard rate.numerator > 1_000_000 || rate.denominator > 1_000_000 else { return rate }
        return FrameRate(decimal: min(1000, max(0.001, rate.framesPerSecond)))
    }

    public var framesPerSecond: Double { Double(numerator) / Double(denominator) }

    /// When frame `index` begins, in seconds.
    public func seconds(at index: Int) -> Double { Double(index) * Double(denominator) / Double(numerator) }

    public var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
