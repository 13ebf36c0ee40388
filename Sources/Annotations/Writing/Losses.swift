/// What a written format could not hold, counted.
public struct Losses: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case subset = "subsets of videos"
        case duration = "durations of videos"
        case frameRate = "frame rates of videos"
        case frameCount = "frame counts of videos"
        case videoWithoutSegments = "videos without a segment"
        case score = "scores"
        case tier = "tiers"
        case movedTier = "segments moved to another tier, because those of one tier may not overlap"
        case roundedTime = "times rounded"
        case emptySegment = "segments without a length"
        case overlap = "segments partly hidden by a later one"
        case changedLabel = "labels changed, because they hold line breaks or marks of the format"
    }

    public private(set) var counts: [Kind: Int] = [:]

    public init() {}

    /// What was lost, a line each: count and kind.
    public var lines: [String] {
        Kind.allCases.compactMap { kind in counts[kind].map { "\($0) × \(kind.rawValue)" } }
    }

    mutating func add(_ kind: Kind, _ count: Int = 1) {
        if count > 0 { counts[kind, default: 0] += count }
    }

    mutating func add(_ other: Losses) {
        for (kind, count) in other.counts { add(kind, count) }
    }

    /// Counts the facts about videos for a format that has no room for them.
    mutating func countVideoFacts(_ set: AnnotationSet, holdsDuration: Bool = false) {
        for video in set.videos {
            countFacts(of: video, holdsDuration: holdsDuration)
        }
    }

    mutating func countFacts(of video: AnnotatedVideo, holdsDuration: Bool = false) {
        if !video.subset.isEmpty { add(.subset) }
        if video.duration != nil, !holdsDuration { add(.duration) }
        if video.framesPerSecond != nil { add(.frameRate) }
        if video.frameCount != nil { add(.frameCount) }
    }

    /// Counts what a format of times and labels has no room for.
    mutating func countFacts(of item: LabelledSegment) {
        if item.score != nil { add(.score) }
        if item.tier != nil { add(.tier) }
    }

    /// A time as milliseconds; a changed one is counted.
    mutating func milliseconds(_ seconds: Double) -> Int {
        let value = (min(max(seconds, -1e12), 1e12) * 1000).rounded()
        if abs(value / 1000 - seconds) > 1e-9 { add(.roundedTime) }
        return Int(value)
    }

    /// A time that can be written in milliseconds and not below 0; a changed one is counted.
    mutating func rounded(_ seconds: Double) -> Double { Double(max(0, milliseconds(seconds))) / 1000 }

    /// The frames of a segment: each of its times is that of the nearest frame; a changed one is counted.
    ///
    /// - Parameters:
    ///   - segment: in seconds.
    ///   - rate: frames per second.
    ///   - count: how many frames the video has, where that is known; none past them is given.
    ///   - least: how many frames there are at least; 0 leaves a short segment without any.
    /// - Returns: the number of the first frame, from 0, and of the one after the last; never below the first.
    mutating func frames(
        of segment: Segment, rate: Double, count: Int?, least: Int
    ) -> (first: Int, end: Int) {
        func nearest(_ seconds: Double) -> Int { Int(min(max(0, (seconds * rate).rounded()), 1e12)) }
        let count = count ?? .max
        let first = min(nearest(segment.start), max(0, count - least))
        let end = max(first + least, min(nearest(segment.end), count))
        if abs(Double(first) / rate - segment.start) > 1e-9 || abs(Double(end) / rate - segment.end) > 1e-9 {
            add(.roundedTime)
        }
        return (first, end)
    }

    /// A label that fits on a line; a changed one is counted.
    mutating func oneLine(_ label: String) -> String {
        guard label.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else { return label }
        add(.changedLabel)
        return String(label.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    }
}
