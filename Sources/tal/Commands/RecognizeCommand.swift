import ArgumentParser
import Configuration
import Foundation
import SViLM
import Tensors

struct RecognizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recognize",
        abstract: "Train a linear classifier of whole videos on frozen features, and evaluate it.",
        discussion: """
            Lists of videos are JSON lines {"video", "action"}, lists of UCF101 (CLASS/VIDEO.avi), or the folder of the \
            HMDB51 splits, given for both --train and --test.

            Example:
              tal recognize --encoder models/svilm-tiny/encoder.yaml --weights models/svilm-tiny/encoder.safetensors \\
                --train captions/training.jsonl --test captions/validation.jsonl
            """)

    @Option(name: .long, help: "The configuration of the encoder.")
    var encoder: String

    @Option(name: .long, help: "The encoder's weights (safetensors); random ones unless given.")
    var weights: String?

    @Option(name: .long, help: "Labelled videos to train on.")
    var train: String

    @Option(name: .long, help: "Labelled videos to evaluate on.")
    var test: String

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

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        guard steps > 0 else { throw ValidationError("--steps must be at least 1, not \(steps)") }
    }

    func run() throws {
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        let encoder = WholeVideoEncoder(
            try EncoderFile.load(configuration: encoder, weights: weights, seed: seed))
        var outcome = BatchOutcome(noun: "video")
        let training = try encode(train, part: .training, with: encoder, console: console, outcome: &outcome)
        let test = try encode(test, part: .test, with: encoder, console: console, outcome: &outcome)
        if let trainingFeatures = training.features, let testFeatures = test.features {
            var settings = LinearProbe.Settings()
            settings.steps = steps
            let probe = LinearProbe(features: trainingFeatures, labels: training.labels, settings: settings)
            let accuracy = probe.accuracy(testFeatures, labels: test.labels)
            print(
                "\(training.labels.count) videos to train on, \(probe.labels.count) classes; \(accuracy.samples) to test on"
            )
            print("top-1 \(ResultText.percent(accuracy.top1)) %, top-5 \(ResultText.percent(accuracy.top5)) %")
            if let json { try JSONText.write(accuracy, to: json) }
        }
        try outcome.finish(on: console)
    }

    private func encode(
        _ list: String, part: LabelledVideos.Part, with encoder: WholeVideoEncoder, console: Console,
        outcome: inout BatchOutcome
    ) throws -> (features: Tensor?, labels: [String]) {
        let videos = try LabelledVideos(path: list, root: root, part: part, split: split)
        for failure in videos.failures { outcome.fail(failure.video, reason: failure.reason) }
        let bar = ProgressBar("encode", unit: "videos", total: videos.items.count, console: console)
        let results = encoder.encode(videos.items.map { ($0.path, nil) }) { bar.update(completed: Double($0)) }
        bar.finish()
        var rows: [Tensor] = [], labels: [String] = []
        for (item, result) in zip(videos.items, results) {
            switch result {
            case .success(let encoded):
                rows.append(encoded.feature)
                labels.append(item.label)
                outcome.succeed()
            case .failure(let error): outcome.fail(item.path, error)
            }
        }
        return (rows.isEmpty ? nil : .stacked(rows), labels)
    }
}
