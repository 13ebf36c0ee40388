/// The overlapping windows in which a head sees features that are still arriving, and which part of each is decided by it.
///
/// A window decides about segments whose middle is neither in its first nor in its last quarter, since a head needs to see what lies around an
/// action. Windows follow each other by half their length, so those parts join. The first one also decides about what lies before its
/// part, and the last about what lies behind.
struct LiveWindows {
    /// Features of a window; a multiple of 4.
    let length: Int
    /// The first feature of the next window.
    private(set) var first = 0
    /// Where the part begins that no window has decided about, as a position on the grid.
    private(set) var decided = -Double.infinity

    init(length: Int) {
        self.length = max(4, length / 4 * 4)
    }

    /// A window, and which middles of segments it decides about.
    struct Window: Equatable {
        var features: Range<Int>
        /// Positions on the grid of the whole video.
        var part: Range<Double>
    }

    /// The next window, if all of it has arrived.
    ///
    /// - Parameter count: how many features have arrived.
    mutating func next(of count: Int) -> Window? {
        guard count >= first + length else { return nil }
        let end = Double(first + length * 3 / 4)
        defer {
            first += length / 2
            decided = end
        }
        return Window(features: first..<(first + length), part: decided..<end)
    }

    /// The window at the end of a video; nil where there are no features.
    ///
    /// - Parameter count: how many features there are.
    func last(of count: Int) -> Window? {
        guard count > 0 else { return nil }
        return Window(features: max(0, count - length)..<count, part: decided..<Double.infinity)
    }
}
