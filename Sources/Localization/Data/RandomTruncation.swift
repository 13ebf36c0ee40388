/// Cuts a random window out of a training sequence such that some annotated segment stays mostly inside.
///
/// The data augmentation of ActionFormer: sequences longer than the limit are cut to it, shorter ones to a random share
/// of their length.
public struct RandomTruncation: Sendable, Equatable {
    /// A window of feature vectors and the segments that remain in it, relative to its start.
    public struct Window: Sendable, Equatable {
        public var range: Range<Int>
        public var segments: [GridSegment]
    }

    /// Longest sequence a head takes.
    public let maximumLength: Int
    /// Shortest and longest share of a sequence that fits; `nil` leaves such sequences whole.
    public let shares: ClosedRange<Double>?
    /// A segment stays if at least this share of it is inside the window.
    public let minimumInside: Float
    /// Windows tried until one keeps a segment; the last is used even if it keeps none.
    static let attempts = 200

    public init(maximumLength: Int, shares: ClosedRange<Double>?, minimumInside: Float) {
        self.maximumLength = maximumLength
        self.shares = shares
        self.minimumInside = minimumInside
    }

    /// A random window.
    ///
    /// - Parameters:
    ///   - length: number of feature vectors.
    ///   - segments: annotated segments on the grid.
    ///   - halfWindow: the window reaches this far beyond its first and last feature, in feature positions.
    ///   - draw: a random integer of a range. The length is drawn first (where ``shares`` applies), then starts.
    public func window(
        length: Int, segments: [GridSegment], halfWindow: Float, draw: (ClosedRange<Int>) -> Int
    ) -> Window {
        let whole = Window(range: 0..<length, segments: segments)
        let target: Int
        if length > maximumLength {
            target = maximumLength
        } else if let shares {
            let shortest = max(rounded(shares.lowerBound, of: length), 1)
            target = draw(shortest...max(shortest, min(rounded(shares.upperBound, of: length), length)))
            if target >= length { return whole }
        } else {
            return whole
        }
        for _ in 1..<Self.attempts {
            let window = window(
                from: draw(0...(length - target)), length: target, segments: segments, halfWindow: halfWindow)
            if !window.segments.isEmpty || segments.isEmpty { return window }
        }
        return window(from: draw(0...(length - target)), length: target, segments: segments, halfWindow: halfWindow)
    }

    private func rounded(_ share: Double, of length: Int) -> Int {
        Int((share * Double(length)).rounded(.toNearestOrEven))
    }

    private func window(from start: Int, length: Int, segments: [GridSegment], halfWindow: Float) -> Window {
        let lower = Float(start) - halfWindow
        let upper = Float(start + length) + halfWindow
        let kept = segments.compactMap { segment -> GridSegment? in
            let share = segment.share(inside: lower, upper)
            guard share > 0, share >= minimumInside else { return nil }
            return GridSegment(
                start: max(segment.start, lower) - Float(start), end: min(segment.end, upper) - Float(start),
                label: segment.label)
        }
        return Window(range: start..<(start + length), segments: kept)
    }
}
