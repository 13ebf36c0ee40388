import Annotations
import ArgumentParser
import Configuration
import Evaluation
import Features
import Foundation
import Localization

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a localization head on features and annotations.",
        discussion: """
            The run folder holds the resolved configuration, the weights to use (model.safetensors), metrics.jsonl, log.txt \
            and, in last/, all that --resume needs. A run that is killed and resumed ends with the same bytes.

            --features may be repeated: the channels of several sources, such as RGB and flow, are joined. With --seeds each seed \
            has a run of its own, OUT/seed-N, and OUT/seeds.json holds the mean and the deviation of their mAP.

            Example:
              tal train --config configs/heads/actionformer-demo.yaml --features features.h5 \\
                --annotations annotations.json --out runs/demo --set training.epochs=20
            """)

    @Option(name: .long, help: "The configuration of head and training (YAML).")
    var config: String

    @Option(name: .long, help: "Features: an HDF5 file, or a folder of npy files with a grid.json. May be repeated.")
    var features: [String]

    @Option(name: .long, help: "Annotations, plain or gzip; the layout is found out.")
    var annotations: String

    @Option(name: .long, help: "The run folder.")
    var out: String

    @Flag(name: .long, help: "Continue after the last finished epoch of the run folder.")
    var resume = false

    @Option(name: .customLong("set"), help: "Change one setting: key.path=value. May be repeated.")
    var overrides: [String] = []

    @Option(
        name: .long,
        help: """
            Keep a copy of the encoder's weights in the run, so that 'tal detect VIDEO' needs no other file; and of the text \
            encoder beside them, where there is one, for 'tal detect --labels'.
            """)
    var encoderWeights: String?

    @Option(name: .long, help: "Seed of weights, order, crops and dropout; in place of training.seed.")
    var seed: UInt64?

    @Option(
        name: .long, help: "Several seeds, such as 1,2,3: a run for each.",
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

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if seed != nil, !seeds.isEmpty { throw ValidationError("--seed and --seeds exclude each other") }
    }

    func run() throws {
        let console = consoleOptions.makeConsole()
        threadOptions.apply()
        let truth = try AnnotationSet(contentsOf: annotations)
        for oddity in truth.oddities { console.note("\(annotations): \(oddity)") }
        let source = try FeatureSources.open(features)
        if let encoderWeights, !FileManager.default.isReadableFile(atPath: encoderWeights) {
            throw LocalizationError.runFolder(
                path: encoderWeights, problem: "cannot be read, so the run could not keep it; check --encoder-weights")
        }
        for note in (source as? JoinedFeatures)?.notes ?? [] { console.warn(note) }
        guard !seeds.isEmpty else {
            _ = try train(seed: seed, in: out, truth: truth, source: source, isFirst: true, console: console)
            return
        }
        var runs: [SeedRuns.Run] = []
        for (index, seed) in seeds.enumerated() {
            let folder = RunFolder(out).file("seed-\(seed)")
            let summary = try train(
                seed: seed, in: folder, truth: truth, source: source, isFirst: index == 0, console: console)
            runs.append(
                SeedRuns.Run(
                    seed: seed, folder: folder, averageMap: summary.averageMAP, epoch: summary.chosenEpoch))
        }
        let all = SeedRuns(runs)
        try all.write(to: RunFolder(out))
        if let mean = all.mean {
            let deviation = all.standardDeviation.map { " ± \(ResultText.percent($0))" } ?? ""
            print("\(out): average mAP \(ResultText.percent(mean))\(deviation) % over \(runs.count) seeds")
        }
    }

    /// One run.
    private func train(
        seed: UInt64?, in folder: String, truth: AnnotationSet, source: any FeatureSource, isFirst: Bool,
        console: Console
    ) throws -> Trainer.Summary {
        let changes = overrides + (seed.map { ["training.seed=\($0)"] } ?? [])
        let settings = try ConfigurationFile.load(LocalizationSettings.self, from: config, overrides: changes)
        let run = RunFolder(folder)
        let trainer = try Trainer(settings, annotations: truth, features: source, run: run)
        if isFirst {
            let subset = settings.training.validationSubset
            if settings.training.selection == .best, subset.lowercased().contains("test") {
                console.warn(
                    "the epoch is chosen on subset '\(subset)', which makes its own figure too good; choose on a validation "
                        + "split, or take the last (training.selection: last)")
            }
            for line in trainer.omissions { console.warn(line) }
            console.note(trainer.summary)
        }
        let evaluator = try validationEvaluator(settings, truth)
        let bar = ProgressBar("train", unit: "steps", console: console)
        let summary = try trainer.run(
            resumes: resume, writesEvents: tensorboard, progress: bar.handler, report: { console.note($0) },
            evaluate: evaluator.map { evaluator in
                { detections in
                    detections.isEmpty ? 0 : try evaluator.evaluate(DetectionTable(detections)).averageMAP
                }
            })
        bar.finish()
        if let encoderWeights {
            try run.keepEncoderWeights(encoderWeights)
            try run.keepTextEncoder(beside: encoderWeights)
        }
        var line = "\(folder): weights of epoch \(summary.chosenEpoch) of \(summary.epochs)"
        if let map = summary.averageMAP { line += ", average mAP \(ResultText.percent(map)) %" }
        print(line)
        return summary
    }

    /// The evaluation while training, on the labels that the detections have.
    private func validationEvaluator(_ settings: LocalizationSettings, _ truth: AnnotationSet) throws -> Evaluator? {
        guard !settings.training.validationSubset.isEmpty else { return nil }
        let isNameless = settings.classAgnostic && settings.postProcessing.fusion.scores == nil
        return try Evaluator(
            isNameless ? truth.classAgnostic(ignoring: settings.training.ignoredLabels) : truth,
            protocol: .named(settings.training.evaluationProtocol), subset: settings.training.validationSubset)
    }
}
