/// A stretch of a video, in seconds.
public struct Segment: Hashable, Sendable {
    /// Where it begins, in seconds from the start of the video.
    public var start: Double
    /// Where it ends, in seconds from the start of the video.
    public var end: Double

    public init(start: Double, end: Double) {
        self.start = start
        self.end = end
    }

    /// Length in seconds; negative when the ends are swapped.
    public var duration: Double { end - start }

    /// Temporal intersection over union, 0 when the union is empty (a zero-length segment overlaps nothing).
    public func tIoU(with other: Segment) -> Double {
        let intersection = max(0, min(end, other.end) - max(start, other.start))
        let union = duration + other.duration - intersection
        return union > 0 ? intersection / union : 0
    }
}
