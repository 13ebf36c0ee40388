import Files

/// A sentence about a video and the stretches that it describes, or that were found for it (QVHighlights).
public struct MomentQuery: Hashable, Sendable {
    /// A stretch of the video; the score is 1 where the file gives none.
    public struct Window: Hashable, Sendable {
        public var segment: Segment
        public var score: Double

        public init(segment: Segment, score: Double = 1) {
            self.segment = segment
            self.score = score
        }
    }

    /// The query's number as text.
    public var id: String
    public var text: String
    public var video: String
    /// Length of the video in seconds, when the file gives it.
    public var duration: Double?
    public var windows: [Window]
    /// Whether the windows were predicted.
    public var isPrediction = false

    public init(id: String, text: String = "", video: String = "", duration: Double? = nil, windows: [Window] = []) {
        self.id = id
        self.text = text
        self.video = video
        self.duration = duration
        self.windows = windows
    }

    /// Reads a file of one JSON object a line, plain or gzip: annotations (`relevant_windows`) or predictions
    /// (`pred_relevant_windows`, each start, end and score).
    ///
    /// - Throws: `FileError` when the file is unreadable, broken, or has a line without a query number or windows.
    public static func read(_ path: String) throws -> [MomentQuery] { try read(SourceFile(path: path)) }

    static func read(_ file: SourceFile) throws -> [MomentQuery] {
        var json = try file.json()
        var queries: [MomentQuery] = []
        while try json.peek() != .end {
            guard try json.peek() == .object else { throw json.failure("expected an object a line") }
            queries.append(try readQuery(&json))
        }
        return queries
    }

    private static func readQuery(_ json: inout JSONReader) throws(FileError) -> MomentQuery {
        var query = MomentQuery(id: "")
        var hasWindows = false
        try json.beginObject()
        while try json.nextKey() {
            if json.tokenIs("qid") {
                if try json.peek() == .string {
                    try json.readString()
                    query.id = try json.tokenText()
                } else {
                    let number = try json.readNumber()
                    query.id = Int(exactly: number).map(String.init) ?? String(number)
                }
            } else if json.tokenIs("query"), try json.peek() == .string {
                try json.readString()
                query.text = try json.tokenText()
            } else if json.tokenIs("vid"), try json.peek() == .string {
                try json.readString()
                query.video = try json.tokenText()
            } else if json.tokenIs("duration"), try json.peek() == .number {
                query.duration = try json.readNumber()
            } else if json.tokenIs("relevant_windows") || json.tokenIs("pred_relevant_windows") {
                hasWindows = true
                query.isPrediction = json.tokenIs("pred_relevant_windows")
                query.windows = try readWindows(&json)
            } else {
                try json.skipValue()
            }
        }
        guard !query.id.isEmpty && hasWindows else { throw json.failure("a query without 'qid' or windows") }
        return query
    }

    private static func readWindows(_ json: inout JSONReader) throws(FileError) -> [Window] {
        var windows: [Window] = []
        try json.beginArray()
        while try json.nextElement() {
            var values: [Double] = []
            try json.beginArray()
            while try json.nextElement() { values.append(try json.readNumber()) }
            guard values.count == 2 || values.count == 3 else {
                throw json.failure("a window that is not start, end and perhaps score")
            }
            windows.append(
                Window(segment: Segment(start: values[0], end: values[1]), score: values.count == 3 ? values[2] : 1))
        }
        return windows
    }
}
