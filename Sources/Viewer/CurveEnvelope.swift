import Features
import Foundation
import Tensors

/// What a page wants to draw of the curves of a video.
struct CurvePart: Equatable, Sendable {
    /// Seconds.
    var from: Double
    var until: Double
    /// The most values of a curve.
    var points: Int
    /// The only class that is wanted; those with the highest scores in the part where nil.
    var column: Int?

    /// The most classes that are sent where none is named.
    static let mostClasses = 5
    static let mostPoints = 4000

    /// - Returns: nil where a value is missing or makes no sense.
    init?(_ values: [String: String], classes: Int) {
        guard let from = values["from"].flatMap(Double.init), let until = values["until"].flatMap(Double.init),
            let points = values["points"].flatMap(Int.init), from.isFinite, until.isFinite, until > from,
            (1...Self.mostPoints).contains(points)
        else { return nil }
        (self.from, self.until, self.points) = (from, until, points)
        guard let text = values["class"] else { return }
        guard let column = Int(text), (0..<classes).contains(column) else { return nil }
        self.column = column
    }
}

/// Curves with so few values that each has a pixel: of several snippets the lowest and the highest.
struct CurveEnvelope {
    struct Curve {
        var column: Int
        var low: [Double]
        /// Nil where each value is one snippet, so that it would be the same as `low`.
        var high: [Double]?
    }

    /// Seconds of the first value, and from one to the next.
    let start: Double
    let step: Double
    /// In the order of the classes.
    let curves: [Curve]

    /// The part, and one value more on both sides so that lines go on to the edges. Values are of a power of two of snippets,
    /// counted from the start of the video, so that they stay the same when a page moves on.
    ///
    /// - Parameters:
    ///   - sequence: `[time, classes]`
    ///   - part: what is wanted.
    init(_ sequence: FeatureSequence, _ part: CurvePart) {
        let (grid, length, classes) = (sequence.grid, sequence.length, sequence.channels)
        func index(_ seconds: Double) -> Int {
            Int(min(Double(length), max(-1, grid.position(at: seconds).rounded(.down))))
        }
        let wanted = max(0, index(part.from))..<max(1, min(length, index(part.until) + 2))
        let first = min(wanted.lowerBound, length - 1), last = max(first + 1, wanted.upperBound)
        var size = 1
        while (last - first + size - 1) / size > part.points { size *= 2 }
        let lower = max(0, first / size - 1), upper = min((length + size - 1) / size, (last + size - 1) / size + 1)
        start = grid.seconds(at: (Double(lower) + 0.5) * Double(size) - 0.5)
        step = Double(size) * grid.strideFrames / grid.framesPerSecond
        curves = sequence.features.withElements { values in
            func columns() -> [Int] {
                if let column = part.column { return [column] }
                let peaks = (0..<classes).map { column in
                    (first..<last).reduce(-Float.infinity) { max($0, values[$1 * classes + column]) }
                }
                let order = peaks.indices.sorted { (peaks[$0], $1) > (peaks[$1], $0) }
                return order.prefix(CurvePart.mostClasses).sorted()
            }
            return columns().map { column in
                var low: [Double] = [], high: [Double] = []
                for bucket in lower..<upper {
                    var (least, most) = (Float.infinity, -Float.infinity)
                    for time in (bucket * size)..<min(length, (bucket + 1) * size) {
                        let value = values[time * classes + column]
                        (least, most) = (min(least, value), max(most, value))
                    }
                    low.append(Self.rounded(least))
                    high.append(Self.rounded(most))
                }
                return Curve(column: column, low: low, high: size == 1 ? nil : high)
            }
        }
    }

    /// With four decimals, which is finer than a pixel and short in JSON.
    static func rounded(_ value: Float) -> Double { (Double(value) * 10_000).rounded() / 10_000 }
}
