import Files

/// The proposal list of SSN, read as annotations for its ground truth.
extension AnnotationFormat {
    static let proposalList = AnnotationFormat(
        name: "proposal-list", title: "SSN proposal list (.txt)",
        recognizes: { file in
            let lines = file.startLines.filter { !$0.isEmpty }.prefix(5)
            return lines.count == 5 && lines[0].hasPrefix("#") && lines[2...].allSatisfy { TimeText.number($0) != nil }
        },
        read: { file, _ in try ProposalList(file).annotations })
}

/// Proposals and ground truth in the list layout of SSN: blocks of `# number`, video id, two numbers of no use here, the
/// count of true segments, one line each (`label start end`), the count of proposals, one line each
/// (`label overlap self-overlap start end`). Times may be fractions of the video.
///
/// The list gives proposals no score; they are ranked by their order, the first best.
public struct ProposalList: Sendable {
    public var annotations: AnnotationSet
    /// All of the label `proposal`.
    public var proposals: DetectionTable

    /// Reads a file, plain or gzip.
    ///
    /// - Throws: `FileError` when the file is unreadable or not of this layout.
    public init(contentsOf path: String) throws {
        try self.init(SourceFile(path: path))
    }

    init(_ file: SourceFile) throws {
        let path = file.path
        let bytes = try file.bytes()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        var next = 0, offset = 0
        func failure(_ problem: String) -> FileError { .malformed(path: path, offset: offset, problem: problem) }
        func line() throws(FileError) -> String {
            guard next < lines.count else { throw failure("the list ends inside a block") }
            offset = lines[next].startIndex
            next += 1
            guard let text = String(validating: lines[next - 1], as: UTF8.self) else {
                throw failure("text that is not UTF-8")
            }
            return text.last == "\r" ? String(text.dropLast()) : text
        }
        func numbers(_ count: Int) throws(FileError) -> [Double] {
            let values = try line().split(separator: " ").compactMap { Double($0) }
            guard values.count == count, values.allSatisfy(\.isFinite) else {
                throw failure("expected \(count) numbers")
            }
            return values
        }
        func count() throws(FileError) -> Int {
            let value = try numbers(1)[0]
            guard let count = Int(exactly: value), count >= 0 else { throw failure("expected a count") }
            return count
        }
        var videos: [AnnotatedVideo] = [], known: Set<String> = []
        var table = DetectionTable()
        while next < lines.count {
            guard try line().hasPrefix("#") else { throw failure("expected a block that begins with '#'") }
            var video = AnnotatedVideo(id: VideoID.composed(try line()))
            guard known.insert(video.id).inserted else { throw failure("the video '\(video.id)' is listed twice") }
            table.addVideo(video.id)
            _ = try numbers(1)
            _ = try numbers(1)
            for _ in 0..<(try count()) {
                let values = try numbers(3)
                guard let label = Int(exactly: values[0]) else { throw failure("expected a label number") }
                video.segments.append(
                    LabelledSegment(segment: Segment(start: values[1], end: values[2]), label: String(label)))
            }
            let proposalCount = try count()
            for rank in 0..<proposalCount {
                let values = try numbers(5)
                table.append(
                    Detection(
                        video: video.id, label: "proposal", segment: Segment(start: values[3], end: values[4]),
                        score: Double(proposalCount - rank) / Double(proposalCount)))
            }
            videos.append(video)
        }
        annotations = AnnotationSet(videos: videos, layout: .proposalList)
        proposals = table
    }
}
