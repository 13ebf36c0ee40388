import ArgumentParser
import Configuration
import Extraction
import SViLM
import Tensors

struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer questions about videos out of a list of answers; train and evaluate that.",
        discussion: """
            Questions are JSON lines {"video", "question", "answer"} or the JSON of MSRVTT-QA and MSVD-QA. Training makes a \
            classifier of the most frequent answers on the features of video and question; --fine-tune goes on with the \
            encoders included. The evaluation shows beside it what the most frequent answer and a classifier that sees only \
            the questions reach.

            Examples:
              tal answer --model models/svilm-tiny --train captions/training-questions.jsonl \\
                --test captions/validation-questions.jsonl --out runs/answer
              tal answer clip.mp4 --question "what colour is the circle?" --model runs/answer
            """)

    @Argument(help: "With --question: video files, folders to search through, or @FILE lists.")
    var videos: [String] = []

    @Option(name: .long, help: "The folder of a pre-trained model (with --train), or one that --out wrote.")
    var model: String

    @Option(name: .long, help: "What to ask about the videos. May be repeated.")
    var question: [String] = []

    @Option(name: .long, help: "Questions to train on.")
    var train: String?

    @Option(
        name: .long,
        help: "With --fine-tune: questions to choose the epoch on; a tenth of the videos of --train unless given.")
    var validation: String?

    @Option(name: .long, help: "Questions to evaluate on.")
    var test: String?

    @Option(name: .long, help: "Folder of the videos, where it is another than the list's.")
    var root: String?

    @Option(name: .long, help: "What names of videos begin with where the list has only numbers.")
    var videoPrefix = "video"

    @Option(name: .customLong("set"), help: "Change one setting of the classifier: key=value. May be repeated.")
    var overrides: [String] = []

    @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningOptions

    @Option(name: .long, help: "The seed of everything random.")
    var seed: UInt64 = 0

    @Option(name: .long, help: "Write encoders and classifier into this folder.")
    var out: String?

    @Option(name: .long, help: "Write the evaluation to this JSON file.")
    var json: String?

    @Option(name: .long, help: "How many answers to show.")
    var top = 3

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard top > 0 else { throw ValidationError("--top must be at least 1, not \(top)") }
        guard videos.isEmpty == question.isEmpty else { throw ValidationError("videos and --question go together") }
        guard train != nil || test != nil || !videos.isEmpty else {
            throw ValidationError("give --train, --test, or videos with --question")
        }
        if train == nil {
            if out != nil || fineTuning.fineTune || validation != nil || !overrides.isEmpty {
                throw ValidationError("--out, --fine-tune, --validation and --set go with --train")
            }
        } else if test == nil, out == nil {
            throw ValidationError("give --test to evaluate, --out to keep the result, or both")
        }
        if validation != nil, !fineTuning.fineTune { throw ValidationError("--validation goes with --fine-tune") }
        if json != nil, test == nil { throw ValidationError("--json needs --test") }
    }

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var outcome = BatchOutcome(noun: "video")
        if let train {
            try self.train(on: train, console: console, outcome: &outcome)
        } else {
            let model = try AnswerModel.load(from: model)
            if let test, let examples = try examples(test, model.model, console: console, outcome: &outcome) {
                let evaluation = Evaluation(trained: model.accuracy(examples))
                print(evaluation.table)
                if let json { try JSONFile.write(evaluation, to: json) }
            }
            if !videos.isEmpty { answer(with: model, console: console, outcome: &outcome) }
        }
        try outcome.finish(on: console)
    }

    private func train(on path: String, console: Console, outcome: inout BatchOutcome) throws {
        let base = try VideoLanguageModel.load(from: model)
        let settings = try ConfigurationFile.decode(
            AnswerSettings.self, from: "{}", file: "the settings of the classifier", overrides: overrides)
        var questions = try list(path, outcome: &outcome)
        var held: QuestionSet?
        if fineTuning.fineTune {
            if let validation {
                held = try list(validation, outcome: &outcome)
            } else {
                var generator = RandomGenerator(seed: seed)
                let order = Array(questions.videos.indices).shuffled(using: &generator)
                let count = max(1, order.count / 10)
                held = questions.keeping(videos: order.prefix(count).sorted())
                questions = questions.keeping(videos: order.dropFirst(count).sorted())
            }
        }
        guard let training = encode(questions, base, console: console, outcome: &outcome) else { return }
        let trainer = try AnswerTrainer(base, training: training, settings: settings, seed: seed)
        let testing = try test.flatMap { try examples($0, base, console: console, outcome: &outcome) }
        var model = trainer.frozen()
        var evaluation = testing.map { examples in
            var blind = examples
            blind.features = .zeros(examples.features.shape)
            var evaluation = Evaluation(trained: model.accuracy(examples))
            evaluation.questionOnly = trainer.questionOnly().accuracy(blind)
            evaluation.majority = examples.majorityAccuracy(trainer.majorityAnswer)
            return evaluation
        }
        console.note(
            "\(training.questions.items.count) questions about \(training.questions.videos.count) videos to train on,"
                + " \(model.answers.count) answers")
        if let held {
            model = try trainer.fineTune(model, validation: held, settings: fineTuning.settings) {
                console.note(
                    FineTuningOptions.line(
                        epoch: $0.epoch, loss: $0.loss, accuracy: $0.accuracy, skipped: $0.skipped))
            }
            // The encoder has changed, and with it what the videos look like.
            if let testing, let again = encode(testing.questions, model.model, console: console, outcome: &outcome) {
                let frozen = evaluation?.trained
                evaluation?.frozen = frozen
                evaluation?.trained = model.accuracy(again)
            }
        }
        if let evaluation {
            print(evaluation.table)
            if let json { try JSONFile.write(evaluation, to: json) }
        }
        if let out { try model.save(to: out) }
    }

    private func answer(with model: AnswerModel, console: Console, outcome: inout BatchOutcome) {
        let inputs = VideoInputs(videos)
        for failure in inputs.failures { outcome.fail(failure.input, failure.error) }
        let results = WholeVideoEncoder(model.model.video).encode(inputs.videos.map { ($0.path, nil) })
        var table = TextTable([.left("video"), .left("question"), .left("answer"), .right("score")])
        for (video, result) in zip(inputs.videos, results) {
            switch result {
            case .success(let encoded):
                for text in question {
                    for answer in model.answer(text, video: encoded.feature, count: top) {
                        table.add(video.id, text, answer.text, ResultText.number(answer.score, 3))
                    }
                }
                outcome.succeed()
            case .failure(let error): outcome.fail(video.path, error)
            }
        }
        if !table.isEmpty { print(table) }
    }

    private func list(_ path: String, outcome: inout BatchOutcome) throws -> QuestionSet {
        let set = try QuestionSet(path: path, root: root, prefix: videoPrefix)
        for failure in set.failures { outcome.fail(failure.video, reason: failure.reason) }
        return set
    }

    private func examples(
        _ path: String, _ model: VideoLanguageModel, console: Console, outcome: inout BatchOutcome
    ) throws -> AnswerTrainer.Examples? {
        encode(try list(path, outcome: &outcome), model, console: console, outcome: &outcome)
    }

    /// The questions about the videos that can be read, with their features.
    private func encode(
        _ questions: QuestionSet, _ model: VideoLanguageModel, console: Console, outcome: inout BatchOutcome
    ) -> AnswerTrainer.Examples? {
        let bar = ProgressBar("encode", unit: "videos", total: questions.videos.count, console: console)
        let results = WholeVideoEncoder(model.video).encode(questions.videos.map { ($0, nil) }) {
            bar.update(completed: Double($0))
        }
        bar.finish()
        var kept: [Int] = [], rows: [Tensor] = []
        for (place, result) in results.enumerated() {
            switch result {
            case .success(let encoded):
                kept.append(place)
                rows.append(encoded.feature)
                outcome.succeed()
            case .failure(let error): outcome.fail(questions.videos[place], error)
            }
        }
        guard !rows.isEmpty else { return nil }
        return .init(questions: questions.keeping(videos: kept), features: .stacked(rows))
    }

    /// Accuracies beside each other.
    private struct Evaluation: Encodable {
        var trained: RecognitionAccuracy
        /// Before fine-tuning.
        var frozen: RecognitionAccuracy?
        var questionOnly: RecognitionAccuracy?
        var majority: Double?

        init(trained: RecognitionAccuracy) { self.trained = trained }

        var table: String {
            var table = TextTable([.left("answers by"), .right("top-1 %"), .right("top-5 %")])
            func add(_ name: String, _ accuracy: RecognitionAccuracy?) {
                guard let accuracy else { return }
                table.add(name, ResultText.percent(accuracy.top1), ResultText.percent(accuracy.top5))
            }
            if let majority { table.add("the most frequent answer", ResultText.percent(majority), "-") }
            add("the question alone", questionOnly)
            add("frozen encoders", frozen)
            add(frozen == nil ? "video and question" : "fine-tuned encoders", trained)
            return "\(trained.samples) questions\n\(table)"
        }
    }
}
