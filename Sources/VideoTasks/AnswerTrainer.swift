public import Annotations
public import Networks
public import SViLM
public import Tensors
public import Video

/// Trains an ``AnswerModel``.
///
/// Encoders stay frozen at first: each video is encoded once, and the head is trained on the features. Fine-tuning then goes on
/// with one random clip of a video a time, encoders included, and keeps what is best on the validation questions.
public struct AnswerTrainer: Sendable {
    /// Questions with the features of their videos.
    public struct Examples: Sendable {
        public var questions: QuestionSet
        /// `[videos, feature channels]`
        public var features: Tensor

        public init(questions: QuestionSet, features: Tensor) {
            precondition(
                features.shape[0] == questions.videos.count, "\(features.shape) for the videos of the questions")
            self.questions = questions
            self.features = features
        }
    }

    public let settings: AnswerSettings
    public let seed: UInt64
    /// How videos are opened.
    public var decoderOptions = DecoderOptions()
    private let model: VideoLanguageModel
    private let answers: [String]
    private let samples: [(video: Int, question: Int, answer: Int)]
    private let texts: EncodedQuestions
    private let training: Examples

    /// - Throws: `SViLMError` where there is only one answer.
    public init(
        _ model: VideoLanguageModel, training: Examples, settings: AnswerSettings = AnswerSettings(), seed: UInt64
    ) throws(SViLMError) {
        let items = training.questions.items
        let counts = items.reduce(into: [String: Int]()) { $0[$1.answer, default: 0] += 1 }
        let sorted = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        answers = sorted.prefix(settings.answers).map(\.key)
        guard answers.count > 1 else {
            throw .unfit(setting: "the training questions", problem: "have a single answer; there is nothing to learn")
        }
        let numbers = Dictionary(uniqueKeysWithValues: answers.enumerated().map { ($1, $0) })
        texts = EncodedQuestions(items.map(\.question), model: model)
        let rows = texts.rows
        samples = items.enumerated().compactMap { place, item in
            numbers[item.answer].map { (item.video, rows[place], $0) }
        }
        self.model = model
        self.settings = settings
        self.seed = seed
        self.training = training
    }

    /// A model whose head was trained on frozen encoders.
    ///
    /// - Throws: `NetworkError.diverged`
    public func frozen() throws(NetworkError) -> AnswerModel { try trained(on: training.features) }

    /// As ``frozen()``, but from questions alone: all videos look the same to it. What it gets right needs no video.
    ///
    /// - Throws: `NetworkError.diverged`
    public func questionOnly() throws(NetworkError) -> AnswerModel {
        try trained(on: Tensor.zeros(training.features.shape))
    }

    private func trained(on features: Tensor) throws(NetworkError) -> AnswerModel {
        var generator = RandomGenerator(seed: seed)
        let head = AnswerHead(
            video: Standardization(of: features), question: Standardization(of: texts.vectors),
            answers: answers.count, settings: settings, using: &generator)
        try head.fit(
            videos: features, questions: texts.vectors, samples: samples, settings: settings, using: &generator)
        return AnswerModel(model: model, answers: answers, settings: settings, head: head)
    }

    /// The most frequent answer of the training questions.
    public var majorityAnswer: String { answers[0] }

    /// The result of an epoch of fine-tuning.
    public struct EpochReport: Sendable {
        /// From 1; 0 for the frozen encoders.
        public var epoch: Int
        public var loss: Double
        /// Top-1 on the validation questions.
        public var accuracy: Double
        /// Samples whose video could not be read.
        public var skipped: Int
    }

    /// Trains a model further, encoders included. The encoders of `start` are changed in place.
    ///
    /// - Parameters:
    ///   - start: from ``frozen()``.
    ///   - validation: chooses the epoch.
    ///   - settings: how encoders and head are trained.
    ///   - report: called after each epoch.
    /// - Throws: `NetworkError.diverged`
    public func fineTune(
        _ start: AnswerModel, validation: QuestionSet, settings: FineTuningSettings, report: (EpochReport) -> Void
    ) throws(NetworkError) -> AnswerModel {
        let model = start.model, head = start.head
        let tuning = FineTuning(
            settings: settings, encoder: model.video.namedParameters() + model.text.namedParameters(),
            head: head.trainable)
        let reader = ClipReader(model.video.configuration, decoderOptions: decoderOptions)
        let items = training.questions.items, videos = training.questions.videos
        let numbers = Dictionary(uniqueKeysWithValues: answers.enumerated().map { ($1, $0) })
        let usable = items.filter { numbers[$0.answer] != nil }
        _ = try tuning.run(
            count: usable.count, seed: seed,
            loss: { sample, draw, tape in
                let item = usable[sample]
                guard let clip = try? reader.tubelets(of: videos[item.video], place: draw.uniform()) else { return nil }
                let encoded = model.video(tape.constant(.stacked([clip])))
                let logits = head(
                    video: model.video.features(encoded),
                    question: EncodedQuestions.vectors(of: [item.question], model: model, tape: tape))
                return logits.crossEntropy(with: [numbers[item.answer] ?? 0])
            },
            score: { accuracy(of: start, on: validation).top1 },
            report: { report(EpochReport(epoch: $0.epoch, loss: $0.loss, accuracy: $0.score, skipped: $0.skipped)) })
        return start
    }

    /// The accuracy on questions, whose videos are encoded again; unreadable videos are left out.
    private func accuracy(of model: AnswerModel, on questions: QuestionSet) -> RecognitionAccuracy {
        let results = WholeVideoEncoder(model.model.video, decoderOptions: decoderOptions).encode(
            questions.videos.map { ($0, nil) })
        let kept = results.indices.filter { (try? results[$0].get()) != nil }
        let rows = kept.compactMap { try? results[$0].get().feature }
        guard !rows.isEmpty else {
            return RecognitionAccuracy(scores: .zeros([0, model.answers.count]), labels: model.answers, wanted: [])
        }
        return model.accuracy(Examples(questions: questions.keeping(videos: kept), features: .stacked(rows)))
    }
}

extension AnswerModel {
    /// How often the right answer is the best, and among the best five. An answer that the list lacks is never right.
    public func accuracy(_ examples: AnswerTrainer.Examples) -> RecognitionAccuracy {
        let items = examples.questions.items
        return RecognitionAccuracy(
            scores: scores(videos: examples.features, items: items), labels: answers, wanted: items.map(\.answer))
    }
}

extension AnswerTrainer.Examples {
    /// The share of questions with a given answer.
    public func majorityAccuracy(_ answer: String) -> Double {
        let items = questions.items
        return items.isEmpty ? 0 : Double(items.count { $0.answer == answer }) / Double(items.count)
    }
}
