/// An annotated segment on the feature grid of a sequence.
public struct GridSegment: Sendable, Equatable {
    /// Where it begins, in feature positions; may lie before the first feature.
    public var start: Float
    /// Where it ends, in feature positions; may lie behind the last feature.
    public var end: Float
    /// Index of its class.
    public var label: Int

    public init(start: Float, end: Float, label: Int) {
        self.start = start
        self.end = end
        self.label = label
    }

    /// Length in units of the feature grid.
    public var length: Float { end - start }

    /// The share of this segment inside `[lower, upper]`; not a number for an empty segment.
    func share(inside lower: Float, _ upper: Float) -> Float {
        max(0, min(end, upper) - max(start, lower)) / abs(end - start)
    }
}
