public import Annotations
import Configuration
import Files
import Foundation
import Networks
public import SViLM
public import Tensors
import Threads
import Video

/// Answers questions about videos out of a list: open-ended video question answering as classification.
public struct AnswerModel: Sendable {
    public let model: VideoLanguageModel
    /// What can be answered, the most frequent of the training set first.
    public let answers: [String]
    public let settings: AnswerSettings
    let head: AnswerHead

    private enum FileName {
        static let answers = "answers.txt"
        static let settings = "answer.yaml"
        static let weights = "answer.safetensors"
    }

    /// An answer with its share of all.
    public struct Answer: Hashable, Sendable {
        public var text: String
        public var score: Double
    }

    /// The scores of all answers to questions about videos, `[questions, answers]`; rows add up to 1.
    ///
    /// - Parameters:
    ///   - videos: `[videos, feature channels]`, from ``WholeVideoEncoder``.
    ///   - items: the questions, with rows of `videos`.
    public func scores(videos: Tensor, items: [QuestionSet.Item]) -> Tensor {
        let texts = EncodedQuestions(items.map(\.question), model: model)
        return head(
            video: videos.gathered(items.map(\.video)), question: texts.vectors.gathered(texts.rows)
        ).softmax()
    }

    /// The best answers to a question about a video.
    ///
    /// - Parameters:
    ///   - question: in plain words.
    ///   - video: `[feature channels]`
    ///   - count: how many answers to give.
    public func answer(_ question: String, video: Tensor, count: Int) -> [Answer] {
        let item = QuestionSet.Item(video: 0, question: question, answer: "")
        let all = scores(videos: video.reshaped([1, video.count]), items: [item]).elements
        let best = all.indicesByDescending { $0 }.prefix(count)
        return best.map { Answer(text: answers[$0], score: Double(all[$0])) }
    }

    // MARK: - Folders

    /// Writes encoders, head and answers into a folder.
    ///
    /// - Throws: `SViLMError`, `ConfigurationError` or `TensorFileError`.
    public func save(to folder: String) throws {
        func path(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
        try DurableFile.makeFolders(folder)
        let lock = try FolderLock(folder: folder)
        defer { lock.removeFile() }
        // A folder without the head cannot be read: a kill leaves no parts of two models.
        try DurableFile.remove(path(FileName.weights))
        try model.save(to: folder)
        try VideoLanguageModel.write(answers.map { $0 + "\n" }.joined(), to: path(FileName.answers))
        try VideoLanguageModel.write(try ConfigurationFile.encode(settings), to: path(FileName.settings))
        try Weights.save(head, to: path(FileName.weights))
    }

    /// Reads a folder that ``save(to:)`` wrote.
    ///
    /// - Throws: `SViLMError`, `ConfigurationError`, `TensorFileError` or `NetworkError`.
    public static func load(from folder: String) throws -> AnswerModel {
        func path(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
        guard let text = try? String(contentsOfFile: path(FileName.answers), encoding: .utf8) else {
            throw FileError.malformed(
                path: folder,
                problem: "holds no list of answers (\(FileName.answers)), so it is no folder of an answering model")
        }
        let answers = TextLines.split(text).filter { !$0.isEmpty }.map(String.init)
        let model = try VideoLanguageModel.load(from: folder)
        let settings: AnswerSettings = try ConfigurationFile.load(from: path(FileName.settings))
        var generator = RandomGenerator(seed: 0)
        let head = AnswerHead(
            video: Standardization(channels: model.video.configuration.featureChannels),
            question: Standardization(channels: model.text.configuration.width), answers: answers.count,
            settings: settings, using: &generator)
        try Weights.load(head, from: path(FileName.weights))
        return AnswerModel(model: model, answers: answers, settings: settings, head: head)
    }

    init(model: VideoLanguageModel, answers: [String], settings: AnswerSettings, head: AnswerHead) {
        self.model = model
        self.answers = answers
        self.settings = settings
        self.head = head
    }
}

/// Questions as the text encoder sees them, each different one once.
struct EncodedQuestions {
    /// `[different questions, text width]`
    let vectors: Tensor
    /// For each question its row.
    let rows: [Int]

    init(_ questions: [String], model: VideoLanguageModel, chunkSize: Int = 32) {
        var places: [String: Int] = [:]
        var texts: [String] = []
        for question in questions where places[question] == nil {
            places[question] = texts.count
            texts.append(question)
        }
        let distinct = texts
        let chunks = stride(from: 0, to: distinct.count, by: chunkSize).map {
            $0..<min($0 + chunkSize, distinct.count)
        }
        vectors = Tensor.concatenated(
            Parallel.map(chunks.count) { Self.vectors(of: Array(distinct[chunks[$0]]), model: model) }, axis: 0)
        rows = questions.map { places[$0] ?? 0 }
    }

    /// What stands for texts: the vector of the first piece before it is projected, `[texts, text width]`.
    static func vectors(of texts: [String], model: VideoLanguageModel, tape: Tape? = nil) -> Tensor {
        model.text.hidden(texts.map(model.encode), tape: tape).slice(axis: 1, 0..<1)
            .reshaped([texts.count, model.text.configuration.width])
    }
}
