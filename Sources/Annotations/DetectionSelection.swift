/// Which detections of each video are shown or written, and in which order.
///
/// The parts apply one after the other: the least score, then overlap, then the number.
public struct DetectionSelection: Hashable, Sendable {
    /// How detections follow each other.
    public enum Order: String, CaseIterable, Sendable {
        /// By start, then by end.
        case time
        /// Best first.
        case score
    }

    /// What scores less is left out; what has no score stays.
    public var minimumScore: Double?
    /// Whether a detection is left out where it overlaps a better one of any class, so that at most one holds at a time.
    public var excludesOverlap = false
    /// How many of a video are kept, the best by score; 0 keeps all.
    public var top = 0
    /// Nil keeps the order in which they come.
    public var order: Order?

    public init() {}

    /// Whether scores decide what is kept or where it stands.
    public var needsScores: Bool { minimumScore != nil || top > 0 || order == .score }

    /// The detections of one video that are left.
    public func chosen(_ detections: [Detection]) -> [Detection] {
        positions(detections) { ($0.segment, $0.score) }.map { detections[$0] }
    }

    /// The segments of one video that are left.
    public func chosen(_ segments: [LabelledSegment]) -> [LabelledSegment] {
        positions(segments) { ($0.segment, $0.score) }.map { segments[$0] }
    }

    /// A set with what is left of each of its videos.
    public func applied(to set: AnnotationSet) -> AnnotationSet {
        var result = set
        for index in result.videos.indices { result.videos[index].segments = chosen(set.videos[index].segments) }
        return result
    }

    /// What is left of each video of a table; the videos stay, in the order of the table.
    public func applied(to table: DetectionTable) -> DetectionTable {
        guard self != DetectionSelection() else { return table }
        var members = [[Int]](repeating: [], count: table.videos.count)
        for row in table.indices { members[Int(table.videoIndices[row])].append(row) }
        var kept: [Int] = []
        for rows in members {
            kept += positions(rows) { (Segment(start: table.starts[$0], end: table.ends[$0]), table.scores[$0]) }
                .map { rows[$0] }
        }
        if order == nil { kept.sort() }
        var result = DetectionTable()
        for video in table.videos { result.addVideo(video) }
        for row in kept { result.append(table[row]) }
        return result
    }

    private func positions<Item>(
        _ items: [Item], _ facts: (Item) -> (segment: Segment, score: Double?)
    ) -> [Int] {
        let facts = items.map(facts)
        // What has no score comes first, what is no number last.
        let scores = facts.map { fact in fact.score.map { $0.isNaN ? -Double.infinity : $0 } ?? .infinity }
        var kept = Array(items.indices)
        if let minimumScore { kept.removeAll { (facts[$0].score ?? .infinity) < minimumScore } }
        if excludesOverlap || top > 0 || order == .score { kept.sort { (scores[$1], $0) < (scores[$0], $1) } }
        if excludesOverlap { kept = Self.disjoint(kept, facts.map(\.segment)) }
        if top > 0 { kept = Array(kept.prefix(top)) }
        switch order {
        case .score: return kept
        case .time:
            return kept.sorted {
                let (one, other) = (facts[$0].segment, facts[$1].segment)
                return (one.start, one.end, $0) < (other.start, other.end, $1)
            }
        case nil: return kept.sorted()
        }
    }

    /// Takes each segment in turn unless it shares time with one that was taken.
    private static func disjoint(_ positions: [Int], _ segments: [Segment]) -> [Int] {
        // Those taken, by time; they do not overlap, so their ends are in order too.
        var taken: [Segment] = []
        return positions.filter { position in
            let segment = segments[position]
            guard segment.start.isFinite, segment.end.isFinite else { return true }
            var low = 0, high = taken.count
            while low < high {
                let middle = (low + high) / 2
                if taken[middle].end <= segment.start { low = middle + 1 } else { high = middle }
            }
            guard low == taken.count || taken[low].start >= segment.end else { return false }
            taken.insert(segment, at: low)
            return true
        }
    }
}
