import Annotations
import Foundation

/// Time along the width of a drawing.
struct TimeAxis {
    /// In seconds.
    let first: Double
    let last: Double
    /// Where the first second lies.
    let left: Double
    let width: Double
    /// Seconds between two marks, a round number.
    let step: Double

    private static let steps: [Double] = [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000,
        86_400,
    ]

    init(first: Double, last: Double, left: Double, width: Double) {
        self.first = first
        self.last = last
        self.left = left
        self.width = width
        // A mark has room for its text.
        step = Self.steps.first { (last - first) / $0 * 60 <= width } ?? (last - first)
    }

    func x(_ seconds: Double) -> Double {
        left + min(1, max(0, (seconds - first) / (last - first))) * width
    }

    /// The seconds that have a mark.
    var marks: [Double] {
        let begin = Int((first / step).rounded(.up)), end = Int((last / step + 1e-9).rounded(.down))
        return begin <= end ? (begin...end).map { Double($0) * step } : []
    }

    /// Whether a part of a segment lies on it.
    func shows(_ segment: Segment) -> Bool { segment.end > first && segment.start < last }

    /// Whether it shows a whole video.
    func isWhole(_ duration: Double?) -> Bool { first == 0 && duration.map { last >= $0 } ?? true }

    /// A time as `m:ss`, with hours where there are some, and with as many decimals as a step needs.
    static func text(_ seconds: Double, step: Double) -> String {
        let decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : 2
        let scale = pow(10, Double(decimals))
        let units = Int((min(max(0, seconds), 1e9) * scale).rounded()), whole = units / Int(scale)
        let part = decimals == 0 ? "" : String(format: ".%0\(decimals)d", units % Int(scale))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) + part
            : String(format: "%d:%02d", minutes, rest) + part
    }
}
