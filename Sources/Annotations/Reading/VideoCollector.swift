/// Gathers the videos of a file while it is read, and what is odd in them.
struct VideoCollector {
    private(set) var videos: [AnnotatedVideo] = []
    private var positions: [String: Int] = [:]
    var tally = OddityTally()
    /// The order of the labels, where the file gives one.
    var labels: [String]?
    /// The name of segments to which the file gives none.
    static let unnamed = "action"
    /// Durations are rounded differently from file to file; an end this little past the end of its video, in seconds, is no fault.
    private static let durationTolerance = 0.01

    /// The index of a video, new or known.
    mutating func index(of id: String) -> Int {
        if let index = positions[id] { return index }
        positions[id] = videos.count
        videos.append(AnnotatedVideo(id: id))
        return videos.count - 1
    }

    /// The video at an index, to fill in what is known of it.
    subscript(index: Int) -> AnnotatedVideo {
        get { videos[index] }
        set { videos[index] = newValue }
    }

    /// Counts an oddity of a video.
    mutating func note(_ kind: Oddity.Kind, at index: Int) { tally.add(kind, at: videos[index].id) }

    /// Adds a segment; one with a time that is not finite is left out and counted.
    mutating func add(
        _ start: Double, _ end: Double, _ label: String, to index: Int, score: Double? = nil, tier: String? = nil
    ) {
        guard start.isFinite, end.isFinite else { return tally.add(.nonFiniteTime, at: videos[index].id) }
        var label = label
        if label.isEmpty {
            tally.add(.unlabelled, at: videos[index].id)
            label = Self.unnamed
        }
        if end <= start { tally.add(.endNotAfterStart, at: videos[index].id) }
        if start < 0 { tally.add(.negativeStart, at: videos[index].id) }
        videos[index].segments.append(
            LabelledSegment(segment: Segment(start: start, end: end), label: label, score: score, tier: tier))
    }

    /// What was gathered.
    ///
    /// - Parameter layout: for formats that have several, or whose layout is recognised later.
    func set(_ layout: AnnotationLayout? = nil) -> AnnotationSet {
        AnnotationSet(
            videos: videos, labels: labels, labelOrder: labels == nil ? .alphabetical : .listed, layout: layout,
            oddities: Oddity.joined(tally.oddities + Self.endsPastDuration(of: videos)))
    }

    /// The segments that end after their videos.
    static func endsPastDuration(of videos: [AnnotatedVideo]) -> [Oddity] {
        var tally = OddityTally()
        for video in videos {
            guard let duration = video.duration else { continue }
            for item in video.segments where item.segment.end > duration + durationTolerance {
                tally.add(.endPastDuration, at: video.id)
            }
        }
        return tally.oddities
    }
}
