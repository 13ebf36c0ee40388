import Annotations
import Configuration
import Extraction
import SViLM
public import Tensors
public import Video
public import VideoTasks

/// Answers questions about videos; trains and evaluates that.
public struct AnsweringJob: Sendable {
    /// What to do.
    public enum Task: Sendable {
        /// Train a classifier of answers on a pre-trained model.
        case train(Training)
        /// Evaluate a trained one on a list of questions.
        case evaluate(String)
        /// Ask about videos, folders or `@FILE` lists.
        case ask([String], questions: [String])
    }

    /// How the classifier is trained.
    public struct Training: Sendable {
        /// The list of questions to train on.
        public var list: String
        /// A list to choose the epoch of fine-tuning on; part of ``list`` where nil.
        public var validationList: String?
        /// A list to evaluate on.
        public var testList: String?
        /// Settings of the classifier as `key=value`, the value in YAML, as a person types it.
        public var assignments: [String] = []
        /// How to train the encoders too; nil for frozen ones.
        public var fineTuning: FineTuningSettings?
        /// The seed of everything random.
        public var seed: UInt64 = 0
        /// The folder to keep the model in.
        public var output: String?

        public init(list: String) { self.list = list }
    }

    /// An answer to a question about a video.
    public struct Answer: Sendable {
        public var video: String
        public var question: String
        public var answer: String
        /// 0 to 1.
        public var score: Double
    }

    /// What was done.
    public struct Report: Sendable {
        public var evaluation: AnswerEvaluation?
        public var answers: [Answer] = []
        public var batch = BatchReport()
    }

    /// The folder of a pre-trained model for training, or of an answering model.
    public var model: String
    public var task: Task
    /// Folder of the videos, where it is another than the lists'.
    public var root: String?
    /// What names of videos begin with where a list has only numbers.
    public var videoPrefix = "video"
    /// How many answers to give for each question.
    public var count = 3
    public var precision = ComputePrecision.float32
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?

    public init(model: String, task: Task) {
        self.model = model
        self.task = task
    }

    /// - Throws: `FileError`, `ConfigurationError`, `SViLMError`, `TensorFileError` or `NetworkError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        var report = Report()
        switch task {
        case .train(let training):
            report.evaluation = try train(training, &report.batch, events)
        case .evaluate(let path):
            let model = try AnswerModel.load(from: model)
            let examples = try encode(list(path, &report.batch), model.model, &report.batch, events)
            report.evaluation = examples.map { AnswerEvaluation(trained: model.accuracy($0)) }
        case .ask(let paths, let questions):
            report.answers = try ask(paths, questions, &report.batch, events)
        }
        return report
    }

    private func train(
        _ settings: Training, _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> AnswerEvaluation? {
        let base = try VideoLanguageModel.load(from: model)
        var training = AnswerTraining()
        training.settings = try ConfigurationFile.decode(
            AnswerSettings.self, from: "{}", file: "the settings of the classifier", overrides: settings.assignments)
        training.fineTuning = settings.fineTuning
        training.seed = settings.seed
        training.decoderOptions.pictureRate = pictureRate
        let parts = try training.parts(
            of: list(settings.list, &batch), validation: settings.validationList.map { try list($0, &batch) })
        guard let examples = try encode(parts.training, base, &batch, events) else { return nil }
        let testing = try settings.testList.flatMap { try encode(list($0, &batch), base, &batch, events) }
        let trained = try training.train(
            base, on: examples, validation: parts.validation, testing: testing,
            // The same videos have been counted and listed.
            encode: { questions, model in
                var again = BatchReport()
                return try encode(questions, model, &again, events)
            },
            begin: { answers in
                let questions = examples.questions
                events.message(
                    "\(questions.items.count) questions about \(questions.videos.count) videos to train on,"
                        + " \(answers) answers")
            },
            report: { events.message($0.line) })
        if let output = settings.output { try trained.model.save(to: output) }
        return trained.evaluation
    }

    private func ask(
        _ paths: [String], _ questions: [String], _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> [Answer] {
        let model = try AnswerModel.load(from: model)
        let inputs = VideoInputs(paths, pictureRate: pictureRate)
        for failure in inputs.failures { batch.fail(failure.input, failure.error) }
        let found = try encoder(model.model)
            .encode(inputs.videos.map { ($0.path, nil) }, batch: &batch, events)
        return zip(found.kept, found.vectors).flatMap { index, video in
            questions.flatMap { question in
                model.answer(question, video: video.feature, count: count).map {
                    Answer(
                        video: inputs.videos[index].id, question: question, answer: $0.text, score: Double($0.score))
                }
            }
        }
    }

    private func encoder(_ model: VideoLanguageModel) throws -> WholeVideoEncoder {
        var encoder = try WholeVideoEncoder(model.video, precision: precision)
        encoder.decoderOptions.pictureRate = pictureRate
        return encoder
    }

    private func list(_ path: String, _ batch: inout BatchReport) throws -> QuestionSet {
        let set = try QuestionSet(path: path, root: root, prefix: videoPrefix)
        for failure in set.failures { batch.fail(failure.video, reason: failure.reason) }
        return set
    }

    /// The questions about the videos that can be read, with their features.
    private func encode(
        _ questions: QuestionSet, _ model: VideoLanguageModel, _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> AnswerTrainer.Examples? {
        let found = try encoder(model)
            .encode(questions.videos.map { ($0, nil) }, batch: &batch, events)
        return found.features.map { .init(questions: questions.keeping(videos: found.kept), features: $0) }
    }
}
