import ArgumentParser
import Files
import Toolkit
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

    @Option(
        name: .long, help: .value("dir", "The folder of a pre-trained model (with --train), or one that --out wrote."),
        completion: .directory)
    var model: String

    @Option(name: .long, help: .value("text", "What to ask about the videos. May be repeated."))
    var question: [String] = []

    @OptionGroup var learning: LearningOptions

    @Option(name: .long, help: .value("text", "What names of videos begin with where the list has only numbers."))
    var videoPrefix = "video"

    @Option(
        name: .customLong("set"),
        help: .value("key=value", "Change one setting of the classifier: key=value. May be repeated."))
    var overrides: [String] = []

    @Option(name: .long, help: .value("n", "How many answers to show; 0 for all."))
    var top = 3

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if learning.train != nil, !videos.isEmpty {
            throw ValidationError("ask about videos in a second call, with --model of what --out wrote")
        }
        guard top >= 0 else { throw ValidationError("--top must not be negative") }
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
        try Outputs.check(learning.json)
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var batch = BatchReport()
        for task in tasks {
            var job = AnsweringJob(model: model, task: task)
            job.root = learning.root
            job.pictureRate = learning.videoOptions.fps
            job.videoPrefix = videoPrefix
            job.count = Outputs.limit(top)
            job.precision = learning.precisionOptions.precision
            let report = try job.run(console.events)
            if let evaluation = report.evaluation {
                Outputs.show(evaluation.table, unlessIn: learning.json)
                if let json = learning.json { try JSONFile.write(evaluation, to: json) }
            }
            var table = TextTable([.left("video"), .left("question"), .left("answer"), .right("score")])
            for answer in report.answers {
                table.add(answer.video, answer.question, answer.answer, ResultText.number(answer.score, 3))
            }
            if !table.isEmpty { print(table) }
            batch.add(report.batch)
        }
        try BatchOutcome(batch).finish(on: console)
    }

    private var tasks: [AnsweringJob.Task] {
        guard let list = learning.train else {
            return (learning.test.map { [.evaluate($0)] } ?? [])
                + (videos.isEmpty ? [] : [.ask(videos, questions: question)])
        }
        var training = AnsweringJob.Training(list: list)
        training.validationList = learning.validation
        training.testList = learning.test
        training.assignments = overrides
        training.fineTuning = learning.fineTuningSettings
        training.seed = learning.seed
        training.output = learning.out
        return [.train(training)]
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
