public import Files
import Foundation

/// ActivityNet results: `{"version", "results": {video: [{"label", "score", "segment"}]}, "external_data"}`.
public struct DetectionFile: Sendable {
    public static let currentVersion = "VERSION 1.3"

    public var version: String
    public var detections: DetectionTable
    /// What was unusual in the file; entries that are left out are among it.
    public var oddities: [Oddity]

    /// Reads a file, plain or gzip. Times and scores that are not finite are kept for the evaluator to count; an entry
    /// without label, score or segment is left out and counted in ``oddities``.
    ///
    /// - Parameters:
    ///   - path: a results file, or a list of proposals (``ProposalList``).
    ///   - needsSegments: whether an entry must have a segment; labels of whole videos have none and get 0 to 0.
    /// - Throws: ``FileError`` when the file is unreadable, broken, or has no `results`.
    public static func read(_ path: String, needsSegments: Bool = true) throws(FileError) -> DetectionFile {
        if try ByteSource.firstByte(of: path) == UInt8(ascii: "#") {
            return DetectionFile(version: "", detections: try ProposalList(contentsOf: path).proposals, oddities: [])
        }
        var json = try JSONReader(path: path)
        switch try json.peek() {
        case .object: break
        case .end: throw .malformed(path: path, problem: "the file is empty")
        default: throw json.failure("expected an object at the top")
        }
        var file = DetectionFile(version: "", detections: DetectionTable(), oddities: [])
        var tally = OddityTally()
        var hasResults = false, hasDatabase = false
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("results") {
                guard try json.peek() == .object else { throw json.failure("'results' is not an object") }
                hasResults = true
                try readResults(&json, into: &file.detections, &tally, needsSegments)
            } else if json.tokenIs("version"), try json.peek() == .string {
                try json.readString()
                file.version = try json.tokenText()
            } else {
                if json.tokenIs("database") { hasDatabase = true }
                try json.skipValue()
            }
        }
        try json.finish()
        guard hasResults else {
            throw .malformed(
                path: path,
                problem: hasDatabase
                    ? "holds annotations ('database'), not predictions; give it as the ground truth"
                    : "no 'results'; expected predictions in the ActivityNet results layout")
        }
        file.oddities = tally.oddities
        return file
    }

    /// Writes detections, grouped by video, to a temporary name that is then renamed.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``, also when a time or score is not finite, which JSON cannot say.
    public static func write(
        _ detections: DetectionTable, to path: String, version: String = currentVersion
    ) throws(FileError) {
        var text = "{\"version\": \(JSONText.quoted(version)), \"results\": {"
        var members = Array(repeating: [Int32](), count: detections.videos.count)
        for position in detections.indices { members[Int(detections.videoIndices[position])].append(Int32(position)) }
        let labels = detections.labels.map(JSONText.quoted)
        for (video, positions) in members.enumerated() {
            text += (video == 0 ? "\n" : ",\n") + JSONText.quoted(detections.videos[video]) + ": ["
            for (index, position) in positions.enumerated() {
                let row = Int(position)
                let (start, end, score) = (detections.starts[row], detections.ends[row], detections.scores[row])
                guard start.isFinite && end.isFinite && score.isFinite else {
                    throw .unwritable(
                        path: path, reason: "a detection of \(detections.videos[video]) has a value that is not finite")
                }
                let label = labels[Int(detections.labelIndices[row])]
                text +=
                    (index == 0 ? "" : ", ")
                    + "{\"label\": \(label), \"score\": \(score), \"segment\": [\(start), \(end)]}"
            }
            text += "]"
        }
        text += "\n}, \"external_data\": {}}\n"
        try AtomicFile.write(text, to: path)
    }

    /// Writes the detections of each video; videos are ordered by name, detections stay as they are.
    public static func write(_ results: [String: [Detection]], to path: String) throws(FileError) {
        var table = DetectionTable()
        for (video, detections) in results.sorted(by: { AnnotationSet.bytewise($0.key, $1.key) }) {
            table.addVideo(video)
            for var detection in detections {
                detection.video = video
                table.append(detection)
            }
        }
        try write(table, to: path)
    }

    // MARK: - Parts

    private static func readResults(
        _ json: inout JSONReader, into table: inout DetectionTable, _ tally: inout OddityTally, _ needsSegments: Bool
    ) throws(FileError) {
        try json.beginObject()
        while try json.nextKey() {
            let knownVideos = table.videos.count
            let video = try table.videoIndex(ofTokenIn: json)
            if Int(video) < knownVideos { tally.add(.videoTwice, at: table.videos[Int(video)]) }
            guard try json.peek() == .array else {
                tally.add(.unusableEntry, at: table.videos[Int(video)])
                try json.skipValue()
                continue
            }
            try json.beginArray()
            while try json.nextElement() {
                if !(try readEntry(&json, video: video, into: &table, needsSegments)) {
                    tally.add(.unusableEntry, at: table.videos[Int(video)])
                }
            }
        }
    }

    /// Reads one detection; false when it is not usable.
    private static func readEntry(
        _ json: inout JSONReader, video: Int32, into table: inout DetectionTable, _ needsSegments: Bool
    ) throws(FileError) -> Bool {
        guard try json.peek() == .object else {
            try json.skipValue()
            return false
        }
        var label: Int32?, score: Double?
        var start = needsSegments ? nil : 0.0, end = start
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("score") {
                score = try readNumber(&json)
            } else if json.tokenIs("label") {
                switch try json.peek() {
                case .string:
                    try json.readString()
                    label = try table.labelIndex(ofTokenIn: json)
                case .number:
                    let number = try json.readNumber()
                    label = table.labelIndex(of: Int(exactly: number).map(String.init) ?? String(number))
                default:
                    try json.skipValue()
                }
            } else if json.tokenIs("segment"), try json.peek() == .array {
                try json.beginArray()
                var count = 0
                while try json.nextElement() {
                    let time = try readNumber(&json)
                    if count == 0 { start = time } else if count == 1 { end = time } else { end = nil }
                    count += 1
                }
            } else {
                try json.skipValue()
            }
        }
        guard let label, let score, let start, let end else { return false }
        table.append(video: video, label: label, start: start, end: end, score: score)
        return true
    }

    /// A number, or text that is one (some tools write times so).
    private static func readNumber(_ json: inout JSONReader) throws(FileError) -> Double? {
        switch try json.peek() {
        case .number: return try json.readNumber()
        case .string:
            try json.readString()
            return Double(try json.tokenText())
        default:
            try json.skipValue()
            return nil
        }
    }
}
