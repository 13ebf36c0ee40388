import Files

/// ActivityNet's layout and those made from it: ActionFormer, OpenTAD, G-TAD, flat, BSN, MultiTHUMOS and Charades, captions, HACS,
/// FineAction, COIN.
extension AnnotationFormat {
    static let activityNet = AnnotationFormat(
        name: "activitynet", title: "ActivityNet JSON and its dialects", fileExtension: "json",
        recognizes: { $0.sketch.top == .object },
        read: { file, _ in try ActivityNetReader.read(file) },
        write: { set, _, losses in
            set.isScored ? ActivityNetWriter.results(set, &losses) : ActivityNetWriter.annotations(set, &losses)
        })
}

/// Reads the ActivityNet layout and those made from it. One pass over the text; the keys identify the layout.
struct ActivityNetReader {
    /// Reads a file.
    static func read(_ file: SourceFile) throws -> AnnotationSet {
        let path = file.path
        var json = try file.json()
        switch try json.peek() {
        case .object: break
        case .end: throw FileError.malformed(path: path, problem: "the file is empty")
        default: throw json.failure("expected an object at the top")
        }
        var reader = ActivityNetReader()
        try reader.readTop(&json)
        try json.finish()
        return try reader.result(path)
    }

    /// Ends further apart than this, in seconds, belong to different annotations.
    private static let duplicateTolerance = 1e-3
    /// Durations are rounded differently from file to file; an end this little past the end of its video, in seconds, is no fault.
    private static let durationTolerance = 0.01

    /// Names of lists at the top that are parts of a file, and no video.
    private static let partsOfFiles: Set<String> = [
        "annotations", "annotation", "segments", "videos", "actions", "events", "labels", "classes", "categories",
        "data", "items",
        "taxonomy", "results", "rows", "clips", "entries", "instances",
    ]

    private var videos: [AnnotatedVideo] = []
    private var positions: [String: Int] = [:]
    private var labelIdentifiers: [String: Int] = [:]
    private var segmentsWithIdentifier = 0
    private var tally = OddityTally()
    private var seen = Marks()
    private var hasResults = false

    /// What tells the layouts apart.
    private struct Marks {
        var database = false, frameKey = false, textTimes = false
        var durationSecond = false, actions = false, captions = false
    }

    private mutating func readTop(_ json: inout JSONReader) throws(FileError) {
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("database") {
                guard try json.peek() == .object else { throw json.failure("'database' is not an object") }
                seen.database = true
                try json.beginObject()
                while try json.nextKey() {
                    try readVideo(named: try json.tokenText(), &json)
                }
            } else if json.tokenIs("results") {
                hasResults = true
                try json.skipValue()
            } else {
                let name = try json.tokenText()
                let value = try json.peek()
                if value == .object && !seen.database {
                    try readVideo(named: name, &json)
                } else if value == .array && !seen.database && !Self.partsOfFiles.contains(name) {
                    try readList(named: name, &json)
                } else {
                    try json.skipValue()
                }
            }
        }
    }

    /// Reads a list at the top that may be the segments of a video; one without a segment is something else.
    private mutating func readList(named id: String, _ json: inout JSONReader) throws(FileError) {
        let before = (tally, labelIdentifiers, segmentsWithIdentifier)
        var video = AnnotatedVideo(id: id)
        try json.beginArray()
        while try json.nextElement() { try readAnnotation(into: &video, &json) }
        guard !video.segments.isEmpty, positions[id] == nil else {
            (tally, labelIdentifiers, segmentsWithIdentifier) = before
            if positions[id] != nil { tally.add(.videoTwice, at: id) }
            return
        }
        tally.add(.missingDuration, at: id)
        countOddities(of: video)
        positions[id] = videos.count
        videos.append(video)
    }

    private func result(_ path: String) throws(FileError) -> AnnotationSet {
        if videos.isEmpty && !seen.database {
            throw .malformed(
                path: path,
                problem: hasResults
                    ? "holds predictions ('results'), not annotations; give it as the predictions"
                    : "no 'database' and no videos found; expected annotations in the ActivityNet, ActionFormer, OpenTAD, "
                        + "G-TAD, BSN, MultiTHUMOS or captions layout")
        }
        let allHaveIdentifiers =
            segmentsWithIdentifier > 0 && segmentsWithIdentifier >= videos.reduce(0) { $0 + $1.segments.count }
        let labels =
            allHaveIdentifiers
            ? labelIdentifiers.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key) : nil
        let layout: AnnotationLayout =
            seen.actions
            ? .numberedActions
            : seen.captions
                ? .captions
                : seen.durationSecond
                    ? .bsn
                    : seen.textTimes
                        ? .gtad
                        : !seen.database
                            ? .flat
                            : allHaveIdentifiers
                                ? .actionFormer
                                : seen.frameKey ? .openTAD : .activityNet
        return AnnotationSet(
            videos: videos, labels: labels, labelOrder: labels == nil ? .alphabetical : .identifier, layout: layout,
            oddities: tally.oddities)
    }

    // MARK: - One video

    /// Reads an object that may be a video; at the top level, one without any list of segments is something else.
    private mutating func readVideo(named id: String, _ json: inout JSONReader) throws(FileError) {
        guard try json.peek() == .object else {
            tally.add(.unusableEntry, at: id)
            return try json.skipValue()
        }
        var video = AnnotatedVideo(id: id)
        var isVideo = seen.database
        var times: [Segment?] = []
        // Of a clip in its source video (MLB-YouTube, COIN).
        var clipStart: Double?, clipEnd: Double?
        var sentences: [String] = []
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("subset") {
                video.subset = try readText(&json) ?? ""
            } else if json.tokenIs("duration") {
                video.duration = try readNumber(&json)
            } else if json.tokenIs("duration_second") {
                seen.durationSecond = true
                video.duration = try readNumber(&json)
            } else if json.tokenIs("fps") {
                video.framesPerSecond = try readNumber(&json)
            } else if json.tokenIs("frame") {
                seen.frameKey = true
                video.frameCount = try readNumber(&json).flatMap { Int(exactly: $0.rounded()) }
            } else if json.tokenIs("frames") || json.tokenIs("duration_frame") {
                video.frameCount = try readNumber(&json).flatMap { Int(exactly: $0.rounded()) }
            } else if json.tokenIs("start") {
                clipStart = try readNumber(&json)
            } else if json.tokenIs("end") {
                clipEnd = try readNumber(&json)
            } else if json.tokenIs("annotations") || json.tokenIs("annotation"), try json.peek() == .array {
                isVideo = true
                try json.beginArray()
                while try json.nextElement() { try readAnnotation(into: &video, &json) }
            } else if json.tokenIs("actions"), try json.peek() == .array {
                isVideo = true
                seen.actions = true
                try json.beginArray()
                while try json.nextElement() { try readAction(into: &video, &json) }
            } else if json.tokenIs("timestamps"), try json.peek() == .array {
                isVideo = true
                seen.captions = true
                try json.beginArray()
                while try json.nextElement() { times.append(try readSegment(&json)) }
            } else if json.tokenIs("sentences"), try json.peek() == .array {
                try json.beginArray()
                while try json.nextElement() { sentences.append(try readText(&json) ?? "") }
            } else {
                // Of a video that is one for certain, a list that is none is lost segments, and not another key.
                if seen.database, json.tokenIs("annotations"), try json.peek() != .null {
                    tally.add(.unusableEntry, at: id)
                }
                try json.skipValue()
            }
        }
        guard isVideo else { return }
        if video.duration == nil, let clipStart, let clipEnd { video.duration = clipEnd - clipStart }
        for (index, time) in times.enumerated() {
            if let time, index < sentences.count {
                add(LabelledSegment(segment: time, label: sentences[index]), to: &video)
            } else {
                tally.add(.unusableEntry, at: id)
            }
        }

        if let duration = video.duration, !(duration.isFinite && duration > 0) {
            video.duration = nil
            tally.add(.unusableDuration, at: "\(id): \(duration)")
        } else if video.duration == nil {
            tally.add(.missingDuration, at: id)
        }
        video.framesPerSecond = video.framesPerSecond.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
        video.frameCount = video.frameCount.flatMap { $0 > 0 ? $0 : nil }
        countOddities(of: video)
        if let position = positions[id] {
            // The last one counts, as for every reader of JSON.
            tally.add(.videoTwice, at: id)
            videos[position] = video
        } else {
            positions[id] = videos.count
            videos.append(video)
        }
    }

    private mutating func readAnnotation(into video: inout AnnotatedVideo, _ json: inout JSONReader)
        throws(FileError)
    {
        guard try json.peek() == .object else {
            tally.add(.unusableEntry, at: video.id)
            return try json.skipValue()
        }
        var labels: [String] = [], segment: Segment?, identifier: Int?, score: Double?, tier: String?
        // Some write the two times by themselves.
        var start: Double?, end: Double?
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("label") {
                // Several labels of one segment are a list.
                if try json.peek() == .array {
                    try json.beginArray()
                    while try json.nextElement() { if let text = try readText(&json) { labels.append(text) } }
                } else if let text = try readText(&json) {
                    labels.append(text)
                }
            } else if json.tokenIs("segment") || json.tokenIs("timestamp") {
                segment = try readSegment(&json)
            } else if json.tokenIs("score") {
                score = try readNumber(&json).flatMap { $0.isFinite ? $0 : nil }
            } else if json.tokenIs("start") || json.tokenIs("start_time") {
                start = try readNumber(&json)
            } else if json.tokenIs("end") || json.tokenIs("end_time") {
                end = try readNumber(&json)
            } else if json.tokenIs("tier") {
                tier = try readText(&json)
            } else if json.tokenIs("label_id") {
                identifier = try readNumber(&json).flatMap { Int(exactly: $0) }
            } else {
                try json.skipValue()
            }
        }
        if segment == nil, let start, let end { segment = Segment(start: start, end: end) }
        guard let segment, !labels.isEmpty else { return tally.add(.unusableEntry, at: video.id) }
        // A number belongs to one label.
        if labels.count > 1 { identifier = nil }
        for text in labels {
            if text.isEmpty { tally.add(.unlabelled, at: video.id) }
            let label = text.isEmpty ? VideoCollector.unnamed : text
            if let identifier {
                if let other = labelIdentifiers[label], other != identifier {
                    tally.add(.conflictingLabelIdentifier, at: "\(label) in \(video.id)")
                }
                labelIdentifiers[label] = identifier
            }
            if add(LabelledSegment(segment: segment, label: label, score: score, tier: tier), to: &video)
                && identifier != nil
            {
                segmentsWithIdentifier += 1
            }
        }
    }

    /// Reads `[class, start, end]`.
    private mutating func readAction(into video: inout AnnotatedVideo, _ json: inout JSONReader)
        throws(FileError)
    {
        guard try json.peek() == .array else {
            tally.add(.unusableEntry, at: video.id)
            return try json.skipValue()
        }
        var label: String?, times: [Double] = []
        try json.beginArray()
        while try json.nextElement() {
            if label == nil {
                label = try readText(&json) ?? ""
            } else {
                times.append(try readNumber(&json) ?? .nan)
            }
        }
        guard let label, !label.isEmpty, times.count == 2 else { return tally.add(.unusableEntry, at: video.id) }
        let isNew = add(LabelledSegment(segment: Segment(start: times[0], end: times[1]), label: label), to: &video)
        if let identifier = Int(label), isNew {
            labelIdentifiers[label] = identifier
            segmentsWithIdentifier += 1
        }
    }

    @discardableResult
    private mutating func add(_ segment: LabelledSegment, to video: inout AnnotatedVideo) -> Bool {
        guard segment.segment.start.isFinite && segment.segment.end.isFinite else {
            tally.add(.nonFiniteTime, at: video.id)
            return false
        }
        video.segments.append(segment)
        return true
    }

    private mutating func countOddities(of video: AnnotatedVideo) {
        var kept: [String: [Segment]] = [:]
        for item in video.segments {
            let segment = item.segment
            if segment.end <= segment.start { tally.add(.endNotAfterStart, at: video.id) }
            if segment.start < 0 { tally.add(.negativeStart, at: video.id) }
            if let duration = video.duration, segment.end > duration + Self.durationTolerance {
                tally.add(.endPastDuration, at: video.id)
            }
            let isDuplicate = kept[item.label, default: []].contains {
                $0.isSame(as: segment, within: Self.duplicateTolerance)
            }
            if isDuplicate {
                tally.add(.nearDuplicate, at: video.id)
            } else {
                kept[item.label, default: []].append(segment)
            }
        }
    }

    // MARK: - Values

    /// A string, or a number as text; nil for anything else.
    private func readText(_ json: inout JSONReader) throws(FileError) -> String? {
        switch try json.peek() {
        case .string:
            try json.readString()
            return try json.tokenText()
        case .number:
            let number = try json.readNumber()
            return Int(exactly: number).map(String.init) ?? String(number)
        default:
            try json.skipValue()
            return nil
        }
    }

    /// A number, or text that is one; nil for anything else.
    private mutating func readNumber(_ json: inout JSONReader) throws(FileError) -> Double? {
        switch try json.peek() {
        case .number:
            return try json.readNumber()
        case .string:
            try json.readString()
            guard let number = TimeText.seconds(try json.tokenText()) else { return nil }
            seen.textTimes = true
            return number
        default:
            try json.skipValue()
            return nil
        }
    }

    /// A list of two times; nil for anything else.
    private mutating func readSegment(_ json: inout JSONReader) throws(FileError) -> Segment? {
        guard try json.peek() == .array else {
            try json.skipValue()
            return nil
        }
        var times: [Double] = [], isText = false
        try json.beginArray()
        while try json.nextElement() {
            if try json.peek() == .string { isText = true }
            times.append(try readNumber(&json) ?? .nan)
        }
        guard times.count == 2 else { return nil }
        if isText { tally.add(.timeAsText, at: "[\(times[0]), \(times[1])]") }
        return Segment(start: times[0], end: times[1])
    }
}
