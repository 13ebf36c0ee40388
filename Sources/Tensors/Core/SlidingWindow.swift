/// How a window slides over the time axis.
public struct SlidingWindow: Hashable, Sendable {
    /// Positions in a window.
    public var size: Int
    /// Positions from one window to the next.
    public var stride: Int
    /// Positions added at each end.
    public var padding: Int

    /// A window; precondition: `size` and `stride` are positive, `padding` is not negative.
    public init(size: Int, stride: Int = 1, padding: Int = 0) {
        precondition(size > 0 && stride > 0 && padding >= 0)
        self.size = size
        self.stride = stride
        self.padding = padding
    }

    /// Number of windows over `length` positions.
    public func count(over length: Int) -> Int { Swift.max(0, (length + 2 * padding - size) / stride + 1) }

    /// The windows for which position `tap` lies inside the sequence.
    func windows(inside length: Int, tap: Int) -> Range<Int> {
        let shift = padding - tap
        let first = shift <= 0 ? 0 : (shift + stride - 1) / stride
        let last = length - 1 + shift
        let end = last < 0 ? 0 : Swift.min(count(over: length), last / stride + 1)
        return first..<Swift.max(first, end)
    }
}
