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
    ///   - path: results as ActivityNet, EPIC-Kitchens' challenge or BMN want them, a list of proposals (``ProposalList``), or
    ///     any annotations with scores (a csv with a column `score`, for instance).
    ///   - needsSegments: whether an entry must have a segment; labels of whole videos have none and get 0 to 0.
    ///   - labelField: which of verb, noun and action is the label (EPIC-Kitchens).
    ///   - durations: lengths of videos in seconds, for proposals that are fractions of their video.
    /// - Throws: `FileError` when the file is unreadable, broken, or holds no predictions.
    public static func read(
        _ path: String, needsSegments: Bool = true, labelField: LabelField = .action, durations: [String: Double] = [:]
    ) throws -> DetectionFile {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return try ProposalTable.readFolder(path, durations)
        }
        return try read(
            SourceFile(path: path), needsSegments: needsSegments, labelField: labelField, durations: durations)
    }

    /// Reads several files as one set of predictions; a video in several keeps the predictions of all, and is counted.
    ///
    /// - Throws: as ``read(_:needsSegments:labelField:durations:)``.
    public static func read(
        _ paths: [String], needsSegments: Bool = true, labelField: LabelField = .action,
        durations: [String: Double] = [:]
    ) throws -> DetectionFile {
        var result: DetectionFile?, tally = OddityTally(), counts: [Oddity] = []
        for path in paths {
            let file = try read(path, needsSegments: needsSegments, labelField: labelField, durations: durations)
            counts += file.oddities
            guard result != nil else {
                result = file
                continue
            }
            let known = Set(result?.detections.videos ?? [])
            for video in file.detections.videos where known.contains(video) {
                tally.add(.videoInSeveralFiles, at: "\(video) in \(path)")
            }
            result?.detections.append(contentsOf: file.detections)
        }
        guard var result else { throw FileError.missing(path: "predictions") }
        result.oddities = Oddity.joined(counts + tally.oddities)
        return result
    }

    static func read(
        _ file: SourceFile, needsSegments: Bool, labelField: LabelField, durations: [String: Double]
    ) throws -> DetectionFile {
        if file.sketch.has("results") {
            return try readResults(file, needsSegments: needsSegments, labelField: labelField)
        }
        if ProposalTable.isTable(file) { return try ProposalTable.read(file, durations) }
        let format = try AnnotationReader.recognized(file)
        if format.name == AnnotationFormat.proposalList.name {
            return DetectionFile(version: "", detections: try ProposalList(file).proposals, oddities: [])
        }
        // ActivityNet's reader takes any object, and so does this one, with a message for what is none of results.
        if format.name == AnnotationFormat.activityNet.name {
            return try readResults(file, needsSegments: needsSegments, labelField: labelField)
        }
        let set = try AnnotationReader.read(file, ReadingOptions(labelField: labelField))
        if let unreadable = set.oddities.first(where: { $0.kind == .unreadableScore }) {
            throw FileError.malformed(
                path: file.path,
                problem:
                    "\(unreadable.count) scores are no numbers such as 0.9 (\(unreadable.examples.joined(separator: ", ")))"
            )
        }
        guard set.isScored else {
            throw FileError.malformed(
                path: file.path, problem: "holds annotations without scores (\(format.title)), not predictions")
        }
        var tally = OddityTally()
        for video in set.videos {
            for item in video.segments where item.score == nil { tally.add(.scoreMissing, at: video.id) }
        }
        return DetectionFile(version: "", detections: DetectionTable(set), oddities: set.oddities + tally.oddities)
    }

    /// Reads results JSON.
    static func readResults(_ file: SourceFile, needsSegments: Bool, labelField: LabelField) throws -> DetectionFile {
        let path = file.path
        var json = try file.json()
        switch try json.peek() {
        case .object: break
        case .end: throw FileError.malformed(path: path, problem: "the file is empty")
        default: throw json.failure("expected an object at the top")
        }
        var file = DetectionFile(version: "", detections: DetectionTable(), oddities: [])
        var tally = OddityTally()
        var hasResults = false, hasDatabase = false
        // Entries without a label, which count only where no entry has one: proposals (BMN).
        var proposals = DetectionTable()
        let rules = EntryRules(needsSegments: needsSegments, labelField: labelField)
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("results") {
                guard try json.peek() == .object else { throw json.failure("'results' is not an object") }
                hasResults = true
                try readResults(&json, into: &file.detections, &proposals, &tally, rules)
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
            throw FileError.malformed(
                path: path,
                problem: hasDatabase
                    ? "holds annotations ('database'), not predictions; give it as the ground truth"
                    : "no 'results'; expected predictions in the ActivityNet results layout")
        }
        if file.detections.isEmpty {
            for proposal in proposals { tally.add(.unlabelled, at: proposal.video) }
            file.detections.append(contentsOf: proposals)
        } else {
            for proposal in proposals { tally.add(.unusableEntry, at: proposal.video) }
        }
        file.oddities = tally.oddities
        return file
    }

    /// Writes detections, grouped by video, to a temporary name that is then renamed.
    ///
    /// - Throws: `FileError`, also when a time or score is not finite, which JSON cannot say.
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

    /// What an entry must have, and which of its labels counts.
    private struct EntryRules {
        var needsSegments: Bool
        var labelField: LabelField
    }

    private static func readResults(
        _ json: inout JSONReader, into table: inout DetectionTable, _ proposals: inout DetectionTable,
        _ tally: inout OddityTally, _ rules: EntryRules
    ) throws {
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
                try readEntry(&json, video: video, into: &table, &proposals, &tally, rules)
            }
        }
    }

    /// Reads one detection; one that is not usable is counted.
    private static func readEntry(
        _ json: inout JSONReader, video: Int32, into table: inout DetectionTable, _ proposals: inout DetectionTable,
        _ tally: inout OddityTally, _ rules: EntryRules
    ) throws {
        guard try json.peek() == .object else {
            tally.add(.unusableEntry, at: table.videos[Int(video)])
            return try json.skipValue()
        }
        var label: Int32?, score: Double?
        // EPIC-Kitchens' challenge gives numbers of verb and noun, and of the pair as text.
        var verb: String?, noun: String?, action: String?
        var hasScore = false, isCaption = false
        var start = rules.needsSegments ? nil : 0.0, end = start
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("score") {
                hasScore = true
                score = try readNumber(&json)
            } else if json.tokenIs("label") {
                switch try json.peek() {
                case .string:
                    try json.readString()
                    label = try table.labelIndex(ofTokenIn: json)
                case .number:
                    label = table.labelIndex(of: JSONTree.text(of: try json.readNumber()))
                default:
                    try json.skipValue()
                }
            } else if json.tokenIs("segment") || json.tokenIs("timestamp"), try json.peek() == .array {
                try json.beginArray()
                var count = 0
                while try json.nextElement() {
                    let time = try readNumber(&json)
                    if count == 0 { start = time } else if count == 1 { end = time } else { end = nil }
                    count += 1
                }
            } else if json.tokenIs("verb") {
                verb = try readText(&json)
            } else if json.tokenIs("noun") {
                noun = try readText(&json)
            } else if json.tokenIs("action") {
                action = try readText(&json)
            } else if json.tokenIs("sentence") {
                isCaption = true
                if let text = try readText(&json) { label = table.labelIndex(of: text) }
            } else {
                try json.skipValue()
            }
        }
        if label == nil {
            let pair = verb.flatMap { verb in noun.map { "\(verb),\($0)" } }
            let text: String?
            switch rules.labelField {
            case .verb: text = verb
            case .noun: text = noun
            case .action, .narration: text = action ?? pair
            }
            label = text.map { table.labelIndex(of: $0.filter { $0 != " " }) }
        }
        // Captions come without scores.
        if score == nil, !hasScore, isCaption {
            score = 1
            tally.add(.scoreMissing, at: table.videos[Int(video)])
        }
        guard let score, let start, let end else { return tally.add(.unusableEntry, at: table.videos[Int(video)]) }
        guard let label else {
            return proposals.append(
                Detection(
                    video: table.videos[Int(video)], label: proposalLabel, segment: Segment(start: start, end: end),
                    score: score))
        }
        table.append(video: video, label: label, start: start, end: end, score: score)
    }

    /// The label of predictions that have none.
    static let proposalLabel = "action"

    /// A string, or a number as text; nil for anything else.
    private static func readText(_ json: inout JSONReader) throws -> String? {
        switch try json.peek() {
        case .string:
            try json.readString()
            return try json.tokenText()
        case .number: return JSONTree.text(of: try json.readNumber())
        default:
            try json.skipValue()
            return nil
        }
    }

    /// A number, or text that is one (some tools write times so).
    private static func readNumber(_ json: inout JSONReader) throws -> Double? {
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
