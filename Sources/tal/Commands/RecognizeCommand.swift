import ArgumentParser
import Files
import Networks
import Toolkit
import VideoTasks

struct RecognizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognize",
        abstract: "Train a classifier of whole videos on an encoder's features; evaluate it or let it score videos.",
        discussion: """
            Lists of videos are JSON lines {"video", "action"}, lists of UCF101 (CLASS/VIDEO.avi), or the folder of the \
            HMDB51 splits, given for both --train and --test. --scores writes the probabilities of the classes for the test \
            videos, or for those of --classify, as 'tal detect --class-scores' takes them. With --fine-tune the encoder is \
            trained too; --out keeps encoder and classifier for --model.

            With --features and --annotations the classifier learns from the annotated segments of one subset; --scores \
            holds every video with features, and --out keeps the classifier for 'tal detect --segment-classes'.

            Examples:
              tal recognize --encoder models/svilm-tiny/encoder.yaml --weights models/svilm-tiny/encoder.safetensors \\
                --train captions/training.jsonl --test captions/validation.jsonl
              tal recognize --encoder models/svilm-tiny/encoder.yaml --weights models/svilm-tiny/encoder.safetensors \\
                --train captions/training.jsonl --fine-tune --out runs/recognizer
              tal recognize --model runs/recognizer --classify videos/ --scores scores.json
              tal recognize --features features.h5 --annotations annotations.json --scores scores.json --out runs/segments
            """)

    @Option(
        name: .long, help: .value("dir", "A folder that --out wrote, instead of --encoder and --train."),
        completion: .directory)
    var model: String?

    @Option(name: .long, help: .value("encoder", "The configuration of the encoder."), completion: .encoders)
    var encoder: String?

    @Option(
        name: .long, help: .value("file", "The encoder's weights (safetensors); random ones unless given."),
        completion: .file())
    var weights: String?

    @OptionGroup var learning: LearningOptions

    @Option(
        name: .long, parsing: .upToNextOption, help: .value("video", "Videos to classify, instead of --test."),
        completion: .file())
    var classify: [String] = []

    @Option(
        name: .long, help: .value("features", "Features of untrimmed videos, instead of videos. May be repeated."),
        completion: .file())
    var features: [String] = []

    @Option(
        name: .long, help: .value("file", "With --features: annotations, plain or gzip; the format is recognised."),
        completion: .file())
    var annotations: String?

    @Option(name: .long, help: .value("name", "With --annotations: the subset to learn from."), completion: .subsets)
    var subset = "training"

    @Option(name: .long, help: .value("label", "With --annotations: a label that is no action. May be repeated."))
    var ignoredLabel: [String] = []

    @Option(name: .customLong("official-split"), help: .value("n", "The number of the split of HMDB51."))
    var split = 1

    @Option(name: .long, help: .value("n", "Steps of fitting the classifier."))
    var steps = LinearProbe.Settings().steps

    @Option(
        name: .long, help: .value("file.json", "Write the scores of the classes for each video to this JSON file."),
        completion: .json)
    var scores: String?

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard steps > 0 else { throw ValidationError("--steps must be at least 1, not \(steps)") }
        if !features.isEmpty || annotations != nil {
            guard !features.isEmpty, annotations != nil, scores != nil || learning.out != nil else {
                throw ValidationError("--features and --annotations go together, with --scores or --out")
            }
            guard encoder == nil, learning.train == nil, learning.test == nil, classify.isEmpty, model == nil,
                !learning.fineTuning.fineTune, weights == nil, learning.root == nil
            else {
                throw ValidationError("--features takes the place of videos, encoders and models")
            }
            return
        }
        if model != nil {
            guard encoder == nil, weights == nil, learning.train == nil, learning.out == nil,
                !learning.fineTuning.fineTune
            else {
                throw ValidationError(
                    "--model is trained already: leave out --encoder, --weights, --train, --out and --fine-tune")
            }
        } else if encoder == nil || learning.train == nil {
            throw ValidationError("give --encoder and --train, or --model, or --features and --annotations")
        }
        if learning.test != nil, !classify.isEmpty { throw ValidationError("give either --test or --classify") }
        if learning.test == nil, classify.isEmpty, learning.out == nil {
            throw ValidationError("give --test or --classify, or --out to keep what is trained")
        }
        if !classify.isEmpty, scores == nil { throw ValidationError("--classify needs --scores") }
    }

    func run() throws {
        try Outputs.check(scores, learning.json)
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let batch: BatchReport
        if let job = segmentJob {
            let report = try job.run(console.events)
            print("\(report.segmentCount) segments to train on, \(report.labels.count) classes")
            batch = report.batch
        } else {
            let report = try job.run(console.events)
            if report.trainingVideos > 0 {
                Outputs.show(
                    "\(report.trainingVideos) videos to train on, \(report.labels.count) classes",
                    unlessIn: learning.json)
            }
            if let accuracy = report.accuracy {
                Outputs.show(
                    "\(accuracy.samples) videos to test on: top-1 \(ResultText.percent(accuracy.top1)) %,"
                        + " top-5 \(ResultText.percent(accuracy.top5)) %", unlessIn: learning.json)
                if let json = learning.json { try JSONFile.write(accuracy, to: json) }
            }
            batch = report.batch
        }
        try BatchOutcome(batch).finish(on: console)
    }
}
