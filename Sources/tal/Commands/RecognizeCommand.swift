import Annotations
import ArgumentParser
import Configuration
import Extraction
import Features
import Foundation
import Localization
import Networks
import SViLM
import Tensors
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

    @Option(name: .long, help: "A folder that --out wrote, in place of --encoder and --train.")
    var model: String?

    @Option(name: .long, help: "The configuration of the encoder.")
    var encoder: String?

    @Option(name: .long, help: "The encoder's weights (safetensors); random ones unless given.")
    var weights: String?

    @OptionGroup var learning: LearningOptions

    @Option(name: .long, parsing: .upToNextOption, help: "Videos to classify, in place of --test.")
    var classify: [String] = []

    @Option(name: .long, help: "Features of untrimmed videos, in place of videos. May be repeated.")
    var features: [String] = []

    @Option(name: .long, help: "With --features: annotations, plain or gzip; the layout is found out.")
    var annotations: String?

    @Option(name: .long, help: "With --annotations: the subset to learn from.")
    var subset = "training"

    @Option(name: .long, help: "With --annotations: a label that is no action. May be repeated.")
    var ignoredLabel: [String] = []

    @Option(name: .long, help: "The number of the HMDB51 split.")
    var split = 1

    @Option(name: .long, help: "Steps of fitting the classifier.")
    var steps = LinearProbe.Settings().steps

    @Option(name: .long, help: "Write the scores of the classes for each video to this JSON file.")
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
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var outcome = BatchOutcome(noun: "video")
        if let annotations {
            try recognize(annotations: annotations, outcome: &outcome, console: console)
        } else if let recognizer = try makeRecognizer(console: console, outcome: &outcome) {
            if let out = learning.out { try recognizer.save(to: out) }
            if learning.test != nil || !classify.isEmpty {
                try use(recognizer, console: console, outcome: &outcome)
            }
        }
        try outcome.finish(on: console)
    }

    /// The recognizer that was kept, or a new one; `nil` where no video to train on can be read.
    private func makeRecognizer(console: Console, outcome: inout BatchOutcome) throws -> Recognizer? {
        if let model { return try Recognizer.load(from: model) }
        guard let encoder, let train = learning.train else { return nil }
        let videoEncoder = try EncoderFile.load(configuration: encoder, weights: weights, seed: learning.seed)
        var training = RecognizerTraining()
        training.probe.steps = steps
        training.fineTuning = learning.fineTuningSettings
        training.seed = learning.seed
        let parts = try training.parts(
            of: list(train, part: .training, outcome: &outcome),
            validation: learning.validation.map { try list($0, part: .test, outcome: &outcome) }, list: train)
        let videos = try encode(parts.training, by: videoEncoder, console: console, outcome: &outcome)
        guard let features = videos.features else { return nil }
        print("\(videos.items.count) videos to train on, \(Set(videos.items.map(\.label)).count) classes")
        return try training.train(videoEncoder, on: videos.items, features: features, validation: parts.validation) {
            console.note(
                FineTuningOptions.line(epoch: $0.epoch, loss: $0.loss, accuracy: $0.accuracy, skipped: $0.skipped))
        }
    }

    /// Evaluates on the test videos, or classifies.
    private func use(_ recognizer: Recognizer, console: Console, outcome: inout BatchOutcome) throws {
        let items: [LabelledVideos.Item]
        if let test = learning.test {
            items = try list(test, part: .test, outcome: &outcome)
        } else {
            let inputs = VideoInputs(classify)
            for failure in inputs.failures { outcome.fail(failure.input, failure.error) }
            items = inputs.videos.map { LabelledVideos.Item(path: $0.path, label: "") }
        }
        let videos = try encode(items, by: recognizer.encoder, console: console, outcome: &outcome)
        guard let rows = videos.features else { return }
        let values = recognizer.scores(rows)
        if learning.test != nil {
            let accuracy = RecognitionAccuracy(
                scores: values, labels: recognizer.labels, wanted: videos.items.map(\.label))
            print(
                "\(accuracy.samples) videos to test on: top-1 \(ResultText.percent(accuracy.top1)) %,"
                    + " top-5 \(ResultText.percent(accuracy.top5)) %")
            if let json = learning.json { try JSONFile.write(accuracy, to: json) }
        }
        let paths = items.map(\.path)
        let ids = Dictionary(zip(paths, VideoInputs.ids(of: paths)), uniquingKeysWith: { first, _ in first })
        let names = videos.items.compactMap { ids[$0.path] }
        try write(values, classes: recognizer.labels, videos: names)
    }

    private func recognize(
        annotations: String, outcome: inout BatchOutcome, console: Console
    ) throws {
        let source = try FeatureSources.open(features)
        let truth = try AnnotationSet(contentsOf: annotations).subset(subset)
        let (classifier, segmentCount, videoCount) = try SegmentClassifier.fit(
            truth, ignoring: ignoredLabel, features: source, steps: steps)
        print("\(segmentCount) segments to train on, \(classifier.labels.count) classes")
        if let out = learning.out { try classifier.save(to: out) }
        guard let scores else {
            outcome.succeed(videoCount)
            return
        }
        let bar = ProgressBar("classify", unit: "videos", total: source.videos.count, console: console)
        var found: [String: [Double]] = [:]
        for video in source.videos {
            do {
                found[video] = try classifier.videoScores(
                    of: source.sequence(for: video), origin: source.origin, path: source.path)
                outcome.succeed()
            } catch {
                outcome.fail(video, error)
            }
            bar.update(completed: Double(outcome.succeeded + outcome.failures.count))
        }
        bar.finish()
        if !found.isEmpty {
            try VideoClassScores(path: scores, classes: classifier.labels, scores: found).write(to: scores)
        }
    }

    /// Writes `[videos, classes]`.
    private func write(_ values: Tensor, classes: [String], videos: [String]) throws {
        guard let scores else { return }
        let rows = values.elements.map(Double.init)
        let found = videos.enumerated().map { row, video in
            (video, Array(rows[(row * classes.count)..<((row + 1) * classes.count)]))
        }
        try VideoClassScores(
            path: scores, classes: classes, scores: Dictionary(found, uniquingKeysWith: { first, _ in first })
        ).write(to: scores)
    }

    private func list(
        _ path: String, part: LabelledVideos.Part, outcome: inout BatchOutcome
    ) throws -> [LabelledVideos.Item] {
        let videos = try LabelledVideos(path: path, root: learning.root, part: part, split: split)
        for failure in videos.failures { outcome.fail(failure.video, reason: failure.reason) }
        return videos.items
    }

    /// The videos that can be read, with their features.
    private func encode(
        _ items: [LabelledVideos.Item], by encoder: VideoEncoder, console: Console, outcome: inout BatchOutcome
    ) throws -> (features: Tensor?, items: [LabelledVideos.Item]) {
        let found = try learning.wholeVideoEncoder(encoder)
            .encode(items.map { ($0.path, nil) }, console: console, outcome: &outcome)
        return (found.features, found.kept.map { items[$0] })
    }
}
