public import Files

/// Something that a check of data found.
public struct DataFinding: Sendable, Hashable {
    /// What is wrong. Raw values are the names that people allow findings by.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// No id of the annotations is among the features, but nearly so.
        case ids
        /// Annotated videos without features.
        case missingFeatures = "missing-features"
        /// Features end long before, or after, the annotated duration.
        case duration
        /// Segments that begin where the features have ended.
        case segmentsPastFeatures = "segments-past-features"
        /// Arrays whose channels vary while their lengths do not.
        case transposed
        /// Features of different numbers of channels.
        case channels
        /// Videos that are trained on and evaluated.
        case overlap
        /// Training on what a data set calls its test videos.
        case testVideos = "test-videos"
        /// A subset without a video or without a labelled segment.
        case emptySubset = "empty-subset"
        /// Classes that occur in one subset only.
        case classes
        /// Segments shorter than the distance of two feature vectors.
        case shortSegments = "short-segments"
        /// Segments past the end of the video, inverted, of no length, or given twice.
        case segments
        /// What reading the annotations met.
        case annotations
        /// Videos that cannot be read, or are not there.
        case videos
        /// Videos with another frame rate than the annotations or the grid of the features.
        case frameRate = "frame-rate"
        /// Segments that no point of the head is trained on.
        case noPoint = "no-point"
        /// Ground truth that is not that of the protocol.
        case evaluation = "protocol"
        /// Classes with very few segments.
        case rareClasses = "rare-classes"
        /// Classes whose every segment is one of another class too.
        case alwaysTogether = "always-together"
        /// Videos of two subsets that look like one.
        case leak
        /// Known faults of the data set.
        case dataset
    }

    /// Whether the numbers that follow would be wrong.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// Nothing can be computed from such data, so this cannot be allowed.
        case fatal
        case error, notice
    }

    public var kind: Kind
    public var severity: Severity
    public var notice: Notice

    init(
        _ kind: Kind, _ severity: Severity, _ message: String, one single: String? = nil,
        items: [String] = []
    ) {
        self.kind = kind
        self.severity = severity
        notice = Notice(kind.rawValue, message, one: single, items: items)
    }
}

/// Data that would give wrong numbers.
public struct DataCheckError: Error, Sendable, CustomStringConvertible {
    /// Only findings that are errors and were not allowed.
    public let findings: [DataFinding]

    public var description: String {
        findings.map { "\($0.notice) [\($0.kind.rawValue)]" }.joined(separator: "; ")
    }
}
