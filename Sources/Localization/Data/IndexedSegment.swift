public import Annotations

/// An annotated action with the index of its class.
public struct IndexedSegment: Sendable, Equatable {
    /// When, in seconds.
    public var segment: Segment
    /// Index of its class.
    public var label: Int

    public init(segment: Segment, label: Int) {
        self.segment = segment
        self.label = label
    }
}
