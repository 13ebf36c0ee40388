import Annotations
import ArgumentParser
import Configuration
import Extraction
import Features
import Foundation
import Localization
import SViLM
import Tensors

struct RecognizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognize",
        abstract: "Train a linear classifier of whole videos on frozen features; evaluate it or let it score videos.",
        discussion: """
            Lists of videos are JSON lines {"video", "action"}, lists of UCF101 (CLASS/VIDEO.avi), or the folder of the \
            HMDB51 splits, given for both --train and --test. --scores writes the probabilities of the classes for the test \
            videos, or for those of --classify, as 'tal detect --class-scores' takes them.

            With --features and --annotations the classifier learns from the annotated segments of one subset, and --scores \
            holds every video with features.

            Examples:
              tal recognize --encoder models/svilm-tiny/encoder.yaml --weights models/svilm-tiny/encoder.safetensors \\
                --train captions/training.jsonl --test captions/validation.jsonl
              tal recognize --features features.h5 --annotations annotations.json --scores scores.json
            """)

    @Option(name: .long, help: "The configuration of the encoder.")
    var encoder: String?

    @Option(name: .long, help: "The encoder's weights (safetensors); random ones unless given.")
    var weights: String?

    @Option(name: .long, help: "Labelled videos to train on.")
    var train: String?

    @Option(name: .long, help: "Labelled videos to evaluate on.")
    var test: String?

    @Option(name: .long, parsing: .upToNextOption, help: "Videos to classify, in place of --test.")
    var classify: [String] = []

    @Option(name: .long, help: "Features of untrimmed videos, in place of videos.")
    var features: String?

    @Option(name: .long, help: "With --features: annotations, plain or gzip; the layout is found out.")
    var annotations: String?

    @Option(name: .long, help: "With --annotations: the subset to learn from.")
    var subset = "training"

    @Option(name: .long, help: "With --annotations: a label that is no action. May be repeated.")
    var ignoredLabel: [String] = []

    @Option(name: .long, help: "Folder of the videos, where it is another than the list's.")
    var root: String?

    @Option(name: .long, help: "The number of the HMDB51 split.")
    var split = 1

    @Option(name: .long, help: "Steps of fitting the classifier.")
    var steps = LinearProbe.Settings().steps

    @Option(name: .long, help: "The seed of random weights.")
    var seed: UInt64 = 0

    @Option(name: .long, help: "Write the accuracy to this JSON file.")
    var json: String?

    @Option(name: .long, help: "Write the scores of the classes for each video to this JSON file.")
    var scores: String?

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard steps > 0 else { throw ValidationError("--steps must be at least 1, not \(steps)") }
        if features != nil || annotations != nil {
            guard features != nil, annotations != nil, scores != nil else {
                throw ValidationError("--features, --annotations and --scores go together")
            }
            guard encoder == nil, train == nil, test == nil, classify.isEmpty else {
                throw ValidationError("--features takes the place of --encoder, --train, --test and --classify")
            }
        } else {
            guard encoder != nil, train != nil else {
                throw ValidationError("give --encoder and --train, or --features and --annotations")
            }
            guard (test != nil) != !classify.isEmpty else { throw ValidationError("give either --test or --classify") }
            if !classify.isEmpty, scores == nil { throw ValidationError("--classify needs --scores") }
        }
    }

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var outcome = BatchOutcome(noun: "video")
        if let features, let annotations {
            try recognize(in: features, annotations: annotations, outcome: &outcome, console: console)
        } else if let encoder, let train {
            let encoder = WholeVideoEncoder(
                try EncoderFile.load(configuration: encoder, weights: weights, seed: seed))
            let training = try encode(train, part: .training, with: encoder, console: console, outcome: &outcome)
            let tested = try test.map {
                try encode($0, part: .test, with: encoder, console: console, outcome: &outcome)
            }
            let videos = tested ?? classified(with: encoder, console: console, outcome: &outcome)
            if let rows = training.features, let testRows = videos.features {
                var settings = LinearProbe.Settings()
                settings.steps = steps
                let probe = LinearProbe(features: rows, labels: training.labels, settings: settings)
                print(
                    "\(training.labels.count) videos to train on, \(probe.labels.count) classes; "
                        + "\(videos.labels.count) to \(test == nil ? "classify" : "test on")")
                if test != nil {
                    let accuracy = probe.accuracy(testRows, labels: videos.labels)
                    print("top-1 \(ResultText.percent(accuracy.top1)) %, top-5 \(ResultText.percent(accuracy.top5)) %")
                    if let json { try JSONText.write(accuracy, to: json) }
                }
                try write(probe(testRows).softmax(), classes: probe.labels, videos: videos.names)
            }
        }
        try outcome.finish(on: console)
    }

    private func recognize(
        in features: String, annotations: String, outcome: inout BatchOutcome, console: Console
    ) throws {
        let source = try FeatureSources.open(features)
        let truth = try AnnotationSet(contentsOf: annotations).subset(subset)
        let recognition = try SegmentRecognition(truth, ignoring: ignoredLabel, features: source, steps: steps)
        print("\(recognition.segmentCount) segments to train on, \(recognition.labels.count) classes")
        let bar = ProgressBar("classify", unit: "videos", total: source.videos.count, console: console)
        var found: [String: [Double]] = [:]
        for video in source.videos {
            do {
                found[video] = try recognition.scores(of: video)
                outcome.succeed()
            } catch {
                outcome.fail(video, error)
            }
            bar.update(completed: Double(outcome.succeeded + outcome.failures.count))
        }
        bar.finish()
        if let scores, !found.isEmpty {
            try VideoClassScores(path: scores, classes: recognition.labels, scores: found).write(to: scores)
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

    private func classified(
        with encoder: WholeVideoEncoder, console: Console, outcome: inout BatchOutcome
    ) -> (features: Tensor?, labels: [String], names: [String]) {
        let inputs = VideoInputs(classify)
        for failure in inputs.failures { outcome.fail(failure.input, failure.error) }
        let items = inputs.videos.map { LabelledVideos.Item(path: $0.path, label: "") }
        return encode(items, with: encoder, console: console, outcome: &outcome)
    }

    private func encode(
        _ list: String, part: LabelledVideos.Part, with encoder: WholeVideoEncoder, console: Console,
        outcome: inout BatchOutcome
    ) throws -> (features: Tensor?, labels: [String], names: [String]) {
        let videos = try LabelledVideos(path: list, root: root, part: part, split: split)
        for failure in videos.failures { outcome.fail(failure.video, reason: failure.reason) }
        return encode(videos.items, with: encoder, console: console, outcome: &outcome)
    }

    /// The features, labels and ids of the videos that can be read.
    private func encode(
        _ items: [LabelledVideos.Item], with encoder: WholeVideoEncoder, console: Console, outcome: inout BatchOutcome
    ) -> (features: Tensor?, labels: [String], names: [String]) {
        let bar = ProgressBar("encode", unit: "videos", total: items.count, console: console)
        let results = encoder.encode(items.map { ($0.path, nil) }) { bar.update(completed: Double($0)) }
        bar.finish()
        var rows: [Tensor] = [], labels: [String] = [], names: [String] = []
        for (item, result) in zip(items, results) {
            switch result {
            case .success(let encoded):
                rows.append(encoded.feature)
                labels.append(item.label)
                names.append(((item.path as NSString).lastPathComponent as NSString).deletingPathExtension)
                outcome.succeed()
            case .failure(let error): outcome.fail(item.path, error)
            }
        }
        return (rows.isEmpty ? nil : .stacked(rows), labels, names)
    }
}
