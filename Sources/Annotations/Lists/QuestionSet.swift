public import Files
import Foundation

/// Questions about videos with their answers.
public struct QuestionSet: Sendable, Equatable {
    public struct Item: Hashable, Sendable {
        /// Its place in ``QuestionSet/videos``.
        public var video: Int
        public var question: String
        public var answer: String

        public init(video: Int, question: String, answer: String) {
            self.video = video
            self.question = question
            self.answer = answer
        }
    }

    /// Paths, each once.
    public private(set) var videos: [String] = []
    public private(set) var items: [Item] = []
    /// Lines or entries that could not be used.
    public private(set) var failures: [ClipFailure] = []

    /// Reads JSON lines `{"video", "question", "answer"}`, or the JSON of MSRVTT-QA and MSVD-QA: an array of `{"video_id",
    /// "question", "answer"}`.
    ///
    /// - Parameters:
    ///   - path: JSON lines or a JSON array.
    ///   - root: folder of the videos; that of the file where `nil`. Videos of the JSON layout are looked for in it and
    ///     below by their name.
    ///   - prefix: what the name of a video begins with where the file only has its number, such as `video` for
    ///     MSRVTT-QA.
    /// - Throws: `FileError`
    public init(path: String, root: String? = nil, prefix: String = "video") throws(FileError) {
        let text = try TextFile.read(path, limit: TextFile.list)
        let folder = root ?? DurableFile.parent(of: path)
        var places: [String: Int] = [:]
        if text.first(where: { !$0.isWhitespace }) == "[" {
            guard let entries = try? JSONDecoder().decode([ListEntry?].self, from: Data(text.utf8)) else {
                throw FileError.malformed(path: path, problem: "no whole JSON array; the file may be cut off")
            }
            let finder = VideoFinder(folder: URL(fileURLWithPath: folder.isEmpty ? "." : folder))
            for (number, entry) in entries.enumerated() {
                add(entry?.entry, name: "entry \(number + 1)", path: path, places: &places) { name in
                    finder.path(of: name.allSatisfy(\.isNumber) ? prefix + name : name)
                }
            }
        } else {
            for (number, line) in TextLines.split(text).enumerated() where !line.allSatisfy(\.isWhitespace) {
                let entry = try? JSONDecoder().decode(Entry.self, from: Data(line.utf8))
                add(entry, name: "line \(number + 1)", path: path, places: &places) { name in
                    name.hasPrefix("/") || folder.isEmpty ? name : folder + "/" + name
                }
            }
        }
        guard !items.isEmpty else {
            throw FileError.malformed(
                path: path,
                problem:
                    "holds no question; give JSON lines {\"video\", \"question\", \"answer\"} or the JSON of MSRVTT-QA")
        }
    }

    /// An entry of a list, which may be of another form than the rest.
    private struct ListEntry: Decodable {
        var entry: Entry?

        init(from decoder: any Decoder) throws { entry = try? Entry(from: decoder) }
    }

    private struct Entry: Decodable {
        var video: String
        var question: String
        var answer: String

        enum CodingKeys: String, CodingKey {
            case video, videoID = "video_id", question, answer
        }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            question = try fields.decode(String.self, forKey: .question)
            answer = try fields.decode(String.self, forKey: .answer)
            if let number = try? fields.decode(Int.self, forKey: .videoID) {
                video = String(number)
            } else if let name = try? fields.decode(String.self, forKey: .videoID) {
                video = name
            } else {
                video = try fields.decode(String.self, forKey: .video)
            }
        }
    }

    private mutating func add(
        _ entry: Entry?, name: String, path: String, places: inout [String: Int], find: (String) -> String
    ) {
        guard let entry, !entry.video.isEmpty, !entry.question.isEmpty, !entry.answer.isEmpty else {
            failures.append(
                ClipFailure(video: "\(path), \(name)", reason: "is no object with a video, a question and an answer"))
            return
        }
        let video = find(entry.video)
        if places[video] == nil {
            places[video] = videos.count
            videos.append(video)
        }
        items.append(Item(video: places[video] ?? 0, question: entry.question, answer: entry.answer))
    }

    private init() {}

    /// The questions about some videos only.
    public func keeping(videos kept: [Int]) -> QuestionSet {
        var set = QuestionSet()
        set.videos = kept.map { videos[$0] }
        set.failures = failures
        let numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        set.items = items.compactMap { item in
            numbers[item.video].map { Item(video: $0, question: item.question, answer: item.answer) }
        }
        return set
    }
}
