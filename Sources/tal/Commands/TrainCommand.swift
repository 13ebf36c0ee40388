import Annotations
import ArgumentParser
import Files
import Foundation
import Localization
import Toolkit

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a localization head on features and annotations.",
        discussion: """
            The run folder holds the resolved configuration, the weights to use (model.safetensors), metrics.jsonl, log.txt \
            and, in last/, all that --resume needs. A run that is killed or interrupted and resumed ends with the \
            same bytes.

            --features may be repeated: the channels of several sources, such as RGB and flow, are joined. With --seeds each seed \
            has a run of its own, OUT/seed-N, and OUT/seeds.json holds the mean and the standard deviation of their mAP.

            Under mpirun all processes train one head: each takes its part of every batch (docs/scale.md).

            Example:
              tal train --config configs/heads/actionformer-demo.yaml --features features.h5 \\
                --annotations annotations.json --out runs/demo --set training.epochs=20
            """)

    @Option(
        name: [.short, .long], help: .value("file.yaml", "The configuration of head and training (YAML)."),
        completion: .heads)
    var config: String

    @Option(
        name: .long,
        help: .value("features", "Features: an HDF5 file, or a folder of npy files with a grid.json. May be repeated."),
        completion: .file())
    var features: [String]

    @Option(
        name: .long,
        help: .value(
            "file",
            """
            Annotations, plain or gzip; the format is recognised. May be repeated; training=FILE and validation=FILE say the \
            subset of all videos of a file.
            """), completion: .file())
    var annotations: [String]

    @Option(
        name: .long,
        help: .value(
            "file.csv", "A csv table with durations or subsets of the videos, where the annotations lack them."),
        completion: .file(extensions: ["csv"]))
    var videoTable: String?

    @Option(name: .long, help: .value("rate", "Frames per second of annotations whose times are numbers of frames."))
    var annotationsFps: Double?

    @Option(name: [.short, .long], help: .value("dir", "The run folder."), completion: .directory)
    var out: String

    @Flag(name: .long, help: "Continue after the last finished epoch of the run folder.")
    var resume = false

    @OptionGroup var replacement: ReplacementOptions

    @Option(name: .customLong("set"), help: .value("key=value", "Change one setting: key.path=value. May be repeated."))
    var overrides: [String] = []

    @Option(
        name: .long,
        help: .value(
            "file",
            """
            Keep a copy of the encoder's weights in the run, so that 'tal detect VIDEO' needs no other file; and of the text \
            encoder beside them, where there is one, for 'tal detect --labels'.
            """), completion: .file())
    var encoderWeights: String?

    @Option(name: .long, help: .value("n", "Seed of weights, order, crops and dropout; instead of training.seed."))
    var seed: UInt64?

    @Option(
        name: .long, help: .value("n,n,…", "Several seeds, such as 1,2,3: a run for each."),
        transform: { text in
            let seeds = text.split(separator: ",").map { UInt64($0.trimmingCharacters(in: .whitespaces)) }
            guard !seeds.isEmpty, !seeds.contains(nil), Set(seeds).count == seeds.count else {
                throw ValidationError("--seeds takes different whole numbers such as 1,2,3, not '\(text)'")
            }
            return seeds.compactMap { $0 }
        })
    var seeds: [UInt64] = []

    @Flag(name: .long, help: "Also write a file for TensorBoard into the run folder.")
    var tensorboard = false

    @Option(
        name: .long, help: .value("file.json", "Write what the runs came to as JSON to this file."), completion: .json)
    var json: String?

    @OptionGroup var datasetOptions: DatasetOptions
    @OptionGroup var splitOptions: SplitOptions
    @OptionGroup var checkOptions: CheckOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if let annotationsFps, !(annotationsFps > 0 && annotationsFps.isFinite) {
            throw ValidationError("--annotations-fps must be above 0, not \(annotationsFps)")
        }
        try replacement.check(resumes: resume)
        if seed != nil, !seeds.isEmpty { throw ValidationError("--seed and --seeds exclude each other") }
    }

    func run() throws { try Ranks.run(train) }
}
