import Annotations
import ArgumentParser
import Configuration
import Evaluation
import Features
import Localization

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a localization head on features and annotations.",
        discussion: """
            The run folder holds the resolved configuration, the weights to use (model.safetensors), metrics.jsonl, log.txt \
            and, in last/, all that --resume needs. A run that is killed and resumed ends with the same bytes.

            Example:
              tal train --config configs/heads/actionformer-demo.yaml --features features.h5 \\
                --annotations annotations.json --out runs/demo --set training.epochs=20
            """)

    @Option(name: .long, help: "The configuration of head and training (YAML).")
    var config: String

    @Option(name: .long, help: "Features: an HDF5 file, or a folder of npy files with a grid.json.")
    var features: String

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

    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        threadOptions.apply()
        let changes = overrides + (seed.map { ["training.seed=\($0)"] } ?? [])
        let settings = try ConfigurationFile.load(LocalizationSettings.self, from: config, overrides: changes)
        let truth = try AnnotationSet(contentsOf: annotations)
        for oddity in truth.oddities { console.note("\(annotations): \(oddity)") }
        let run = RunFolder(out)
        let trainer = try Trainer(settings, annotations: truth, features: FeatureSources.open(features), run: run)
        for line in trainer.omissions { console.warn(line) }
        console.note(trainer.summary)
        let evaluator = try validationEvaluator(settings, truth)
        let bar = ProgressBar("train", unit: "steps", console: console)
        let summary = try trainer.run(
            resumes: resume, progress: bar.handler, report: { console.note($0) },
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
        var line = "\(out): weights of epoch \(summary.chosenEpoch) of \(summary.epochs)"
        if let map = summary.averageMAP { line += ", average mAP \(ResultText.percent(map)) %" }
        print(line)
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
