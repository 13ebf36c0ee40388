/// A part of a video, in seconds.
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
        let intersection = TemporalOverlap.intersection(start, end, other.start, other.end)
        guard duration + other.duration - intersection > 0 else { return 0 }
        return TemporalOverlap.ratio(
            intersection: intersection, length: duration, otherLength: other.duration)
    }

    /// Whether both ends lie within `tolerance` seconds of those of another segment.
    ///
    /// Annotation files list the same action twice with rounding differences; the ActivityNet evaluations use 1 ms.
    package func isSame(as other: Segment, within tolerance: Double) -> Bool {
        abs(start - other.start) <= tolerance && abs(end - other.end) <= tolerance
    }
}
