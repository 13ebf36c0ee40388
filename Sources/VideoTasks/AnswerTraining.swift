public import Annotations
import Networks
public import SViLM
import Tensors
public import Video

/// Accuracies of an ``AnswerModel`` beside what it has to be better than.
public struct AnswerEvaluation: Encodable, Sendable {
    public var trained: RecognitionAccuracy
    /// Before fine-tuning.
    public var frozen: RecognitionAccuracy?
    /// By a head that sees only the questions.
    public var questionOnly: RecognitionAccuracy?
    /// By the most frequent answer.
    public var majority: Double?

    public init(trained: RecognitionAccuracy) { self.trained = trained }
}

/// From questions about videos to an ``AnswerModel`` and its evaluation.
public struct AnswerTraining: Sendable {
    public var settings = AnswerSettings()
    /// How the encoders are trained further; they stay as they are where nil.
    public var fineTuning: FineTuningSettings?
    public var seed: UInt64 = 0
    /// How videos are opened.
    public var decoderOptions = DecoderOptions()

    /// Gives questions the features of their videos by the encoders as they are at that moment; nil where no video can be
    /// read.
    public typealias Encode = (QuestionSet, VideoLanguageModel) throws -> AnswerTrainer.Examples?

    public init() {}

    /// Sets a tenth of the videos aside to choose the epoch of fine-tuning by, where none are given.
    ///
    /// - Returns: the questions to train on, and those to choose by: nil without fine-tuning.
    public func parts(
        of questions: QuestionSet, validation: QuestionSet?
    ) -> (training: QuestionSet, validation: QuestionSet?) {
        guard fineTuning != nil, validation == nil else { return (questions, fineTuning == nil ? nil : validation) }
        var generator = RandomGenerator(seed: seed)
        let order = Array(questions.videos.indices).shuffled(using: &generator)
        let count = max(1, order.count / 10)
        return (
            questions.keeping(videos: order.dropFirst(count).sorted()),
            questions.keeping(videos: order.prefix(count).sorted())
        )
    }

    /// Trains a head on the frozen encoders, goes on with the encoders where that was asked for, and evaluates what came
    /// out.
    ///
    /// - Parameters:
    ///   - base: its encoders are changed in place by fine-tuning.
    ///   - training: questions with the vectors of their videos.
    ///   - validation: from ``parts(of:validation:)``.
    ///   - testing: what to evaluate on.
    ///   - encode: called again for the questions of `testing` when the encoders have changed.
    ///   - begin: called with the number of answers before fine-tuning.
    ///   - report: called after each epoch.
    /// - Throws: `SViLMError`, or what `encode` throws.
    public func train(
        _ base: VideoLanguageModel, on training: AnswerTrainer.Examples, validation: QuestionSet?,
        testing: AnswerTrainer.Examples?, encode: Encode, begin: (Int) -> Void,
        report: (AnswerTrainer.EpochReport) -> Void
    ) throws -> (model: AnswerModel, evaluation: AnswerEvaluation?) {
        var trainer = try AnswerTrainer(base, training: training, settings: settings, seed: seed)
        trainer.decoderOptions = decoderOptions
        var model = try trainer.frozen()
        var evaluation = try testing.map { examples in
            var blind = examples
            blind.features = .zeros(examples.features.shape)
            var evaluation = AnswerEvaluation(trained: model.accuracy(examples))
            evaluation.questionOnly = try trainer.questionOnly().accuracy(blind)
            evaluation.majority = examples.majorityAccuracy(trainer.majorityAnswer)
            return evaluation
        }
        begin(model.answers.count)
        guard let fineTuning, let validation else { return (model, evaluation) }
        model = try trainer.fineTune(model, validation: validation, settings: fineTuning, report: report)
        // The encoder has changed, and with it what the videos look like.
        if let testing, let again = try encode(testing.questions, model.model) {
            let frozen = evaluation?.trained
            evaluation?.frozen = frozen
            evaluation?.trained = model.accuracy(again)
        }
        return (model, evaluation)
    }
}
