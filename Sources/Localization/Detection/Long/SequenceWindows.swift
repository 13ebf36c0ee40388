/// The overlapping windows in which a head sees a sequence that is too long, or still arriving, and which part of each is decided by it.
///
/// A window decides about what lies in its middle, since a head needs to see what lies around it: the context. Windows follow each other by
/// the length of that part, so those parts join. The first one also decides about what lies before its part, and the last about what lies
/// behind.
package struct SequenceWindows: Sendable, Equatable {
    /// Features of a window.
    package let length: Int
    /// Features on each side of the part that a window decides about.
    package let context: Int
    /// All windows begin at multiples of this.
    package let unit: Int
    /// The first feature of the next window.
    package private(set) var first = 0
    /// Where the part begins that no window has decided about, as a position on the grid.
    private var decided = -Double.infinity

    package init(length: Int, context: Int, unit: Int = 1) {
        precondition(
            context >= 0 && length > 2 * context && (length - 2 * context) % unit == 0,
            "windows of \(length) with a context of \(context) at multiples of \(unit)")
        self.length = length
        self.context = context
        self.unit = unit
    }

    /// Features from one window to the next.
    package var step: Int { length - 2 * context }

    /// The first feature that is in this window or in a later one; the last window of all may begin before the next one.
    package var earliest: Int { max(0, first - step) }

    /// A window, and what it decides about.
    package struct Window: Equatable {
        package var features: Range<Int>
        /// Positions on the grid of the whole video.
        package var part: Range<Double>
    }

    /// The next window, if all of it has arrived.
    ///
    /// - Parameter count: how many features have arrived.
    package mutating func next(of count: Int) -> Window? {
        guard count >= first + length else { return nil }
        let end = Double(first + length - context)
        defer {
            first += step
            decided = end
        }
        return Window(features: first..<(first + length), part: decided..<end)
    }

    /// The window at the end of a video, as long as the others where the video is; nil where there are no features.
    ///
    /// - Parameter count: how many features there are.
    package func last(of count: Int) -> Window? {
        guard count > 0 else { return nil }
        return Window(
            features: (max(0, count - length) / unit * unit)..<count, part: decided..<Double.infinity)
    }
}
