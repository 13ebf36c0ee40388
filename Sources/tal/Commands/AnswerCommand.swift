import Annotations
import ArgumentParser
import Configuration
import Extraction
import SViLM
import Tensors
import VideoTasks

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

    @OptionGroup var learning: LearningOptions

    @Option(name: .long, help: "What names of videos begin with where the list has only numbers.")
    var videoPrefix = "video"

    @Option(name: .customLong("set"), help: "Change one setting of the classifier: key=value. May be repeated.")
    var overrides: [String] = []

    @Option(name: .long, help: "How many answers to show.")
    var top = 3

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if learning.train != nil, !videos.isEmpty {
            throw ValidationError("ask about videos in a second call, with --model of what --out wrote")
        }
        guard top > 0 else { throw ValidationError("--top must be at least 1, not \(top)") }
        guard videos.isEmpty == question.isEmpty else { throw ValidationError("videos and --question go together") }
        guard learning.train != nil || learning.test != nil || !videos.isEmpty else {
            throw ValidationError("give --train, --test, or videos with --question")
        }
        if learning.train == nil {
            if learning.out != nil || learning.fineTuning.fineTune || !overrides.isEmpty {
                throw ValidationError("--out, --fine-tune and --set go with --train")
            }
        } else if learning.test == nil, learning.out == nil {
            throw ValidationError("give --test to evaluate, --out to keep the result, or both")
        }
    }

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var outcome = BatchOutcome(noun: "video")
        if let train = learning.train {
            try self.train(on: train, console: console, outcome: &outcome)
        } else {
            let model = try AnswerModel.load(from: model)
            if let test = learning.test {
                let examples = try encode(
                    list(test, outcome: &outcome), model.model, console: console, outcome: &outcome)
                try tell(examples.map { AnswerEvaluation(trained: model.accuracy($0)) })
            }
            if !videos.isEmpty { try answer(with: model, console: console, outcome: &outcome) }
        }
        try outcome.finish(on: console)
    }

    private func train(on path: String, console: Console, outcome: inout BatchOutcome) throws {
        let base = try VideoLanguageModel.load(from: model)
        var training = AnswerTraining()
        training.settings = try ConfigurationFile.decode(
            AnswerSettings.self, from: "{}", file: "the settings of the classifier", overrides: overrides)
        training.fineTuning = learning.fineTuningSettings
        training.seed = learning.seed
        let parts = try training.parts(
            of: list(path, outcome: &outcome),
            validation: learning.validation.map { try list($0, outcome: &outcome) })
        guard let examples = try encode(parts.training, base, console: console, outcome: &outcome) else { return }
        let testing = try learning.test.flatMap {
            try encode(list($0, outcome: &outcome), base, console: console, outcome: &outcome)
        }
        let trained = try training.train(
            base, on: examples, validation: parts.validation, testing: testing,
            // The same videos have been counted and listed.
            encode: { questions, model in
                var again = BatchOutcome()
                return try encode(questions, model, console: console, outcome: &again)
            },
            begin: { answers in
                let questions = examples.questions
                console.note(
                    "\(questions.items.count) questions about \(questions.videos.count) videos to train on,"
                        + " \(answers) answers")
            },
            report: {
                console.note(
                    FineTuningOptions.line(
                        epoch: $0.epoch, loss: $0.loss, accuracy: $0.accuracy, skipped: $0.skipped))
            })
        try tell(trained.evaluation)
        if let out = learning.out { try trained.model.save(to: out) }
    }

    /// Prints an evaluation, and writes it where that was asked for.
    private func tell(_ evaluation: AnswerEvaluation?) throws {
        guard let evaluation else { return }
        print(evaluation.table)
        if let json = learning.json { try JSONFile.write(evaluation, to: json) }
    }

    private func answer(with model: AnswerModel, console: Console, outcome: inout BatchOutcome) throws {
        let inputs = VideoInputs(videos)
        for failure in inputs.failures { outcome.fail(failure.input, failure.error) }
        let found = try learning.wholeVideoEncoder(model.model.video)
            .encode(inputs.videos.map { ($0.path, nil) }, console: console, outcome: &outcome)
        var table = TextTable([.left("video"), .left("question"), .left("answer"), .right("score")])
        for (place, video) in zip(found.kept, found.vectors) {
            for text in question {
                for answer in model.answer(text, video: video.feature, count: top) {
                    table.add(inputs.videos[place].id, text, answer.text, ResultText.number(answer.score, 3))
                }
            }
        }
        if !table.isEmpty { print(table) }
    }

    private func list(_ path: String, outcome: inout BatchOutcome) throws -> QuestionSet {
        let set = try QuestionSet(path: path, root: learning.root, prefix: videoPrefix)
        for failure in set.failures { outcome.fail(failure.video, reason: failure.reason) }
        return set
    }

    /// The questions about the videos that can be read, with their features.
    private func encode(
        _ questions: QuestionSet, _ model: VideoLanguageModel, console: Console, outcome: inout BatchOutcome
    ) throws -> AnswerTrainer.Examples? {
        let found = try learning.wholeVideoEncoder(model.video)
            .encode(questions.videos.map { ($0, nil) }, console: console, outcome: &outcome)
        return found.features.map { .init(questions: questions.keeping(videos: found.kept), features: $0) }
    }
}

extension AnswerEvaluation {
    /// Accuracies beside each other.
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
