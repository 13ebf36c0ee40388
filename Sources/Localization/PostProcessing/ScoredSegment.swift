public import Annotations

/// A segment in seconds with a score and the index of its class.
public struct ScoredSegment: Sendable, Equatable {
    public var segment: Segment
    public var score: Double
    public var label: Int

    public init(segment: Segment, score: Double, label: Int) {
        self.segment = segment
        self.score = score
        self.label = label
    }
}
