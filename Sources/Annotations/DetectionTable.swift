import Files

/// Detections in columns: 32 bytes each, so that ten million fit in memory where as many structures with strings would not.
///
/// Videos and labels are numbered in the order of their first appearance.
public struct DetectionTable: Sendable, RandomAccessCollection {
    private var videoNames = StringTable()
    private var labelNames = StringTable()
    /// For each detection, its position in ``videos``.
    public private(set) var videoIndices: [Int32] = []
    /// For each detection, its position in ``labels``.
    public private(set) var labelIndices: [Int32] = []
    /// In seconds.
    public private(set) var starts: [Double] = []
    /// In seconds.
    public private(set) var ends: [Double] = []
    public private(set) var scores: [Double] = []

    public init() {}

    public init(_ detections: some Sequence<Detection>) {
        for detection in detections { append(detection) }
    }

    /// The videos, also those listed without any detection.
    public var videos: [String] { videoNames.strings }
    public var labels: [String] { labelNames.strings }

    public var startIndex: Int { 0 }
    public var endIndex: Int { scores.count }

    public subscript(position: Int) -> Detection {
        Detection(
            video: videoNames.strings[Int(videoIndices[position])],
            label: labelNames.strings[Int(labelIndices[position])],
            segment: Segment(start: starts[position], end: ends[position]), score: scores[position])
    }

    public mutating func append(_ detection: Detection) {
        append(
            video: videoNames.index(of: detection.video), label: labelNames.index(of: detection.label),
            start: detection.segment.start, end: detection.segment.end, score: detection.score)
    }

    /// Appends all detections of another table.
    public mutating func append(contentsOf other: DetectionTable) {
        let videoNumbers = other.videos.map { videoNames.index(of: $0) }
        let labelNumbers = other.labels.map { labelNames.index(of: $0) }
        videoIndices += other.videoIndices.map { videoNumbers[Int($0)] }
        labelIndices += other.labelIndices.map { labelNumbers[Int($0)] }
        starts += other.starts
        ends += other.ends
        scores += other.scores
    }

    /// Lists a video that has no detection.
    public mutating func addVideo(_ video: String) {
        _ = videoNames.index(of: video)
    }

    /// The same with names instead of class numbers, where every label is the index of a name.
    ///
    /// - Returns: nil where a label is something else.
    package func named(by names: [String]) -> DetectionTable? {
        let found = labels.compactMap { Int($0).flatMap { names.indices.contains($0) ? names[$0] : nil } }
        guard !labels.isEmpty, found.count == labels.count else { return nil }
        var result = self
        result.labelNames = StringTable()
        let numbers = found.map { result.labelNames.index(of: $0) }
        result.labelIndices = labelIndices.map { numbers[Int($0)] }
        return result
    }

    mutating func append(video: Int32, label: Int32, start: Double, end: Double, score: Double) {
        videoIndices.append(video)
        labelIndices.append(label)
        starts.append(start)
        ends.append(end)
        scores.append(score)
    }

    mutating func videoIndex(ofTokenIn json: borrowing JSONReader) throws(FileError) -> Int32 {
        try json.tokenIndex(in: &videoNames)
    }

    mutating func labelIndex(ofTokenIn json: borrowing JSONReader) throws(FileError) -> Int32 {
        try json.tokenIndex(in: &labelNames)
    }

    mutating func labelIndex(of label: String) -> Int32 { labelNames.index(of: label) }
}
