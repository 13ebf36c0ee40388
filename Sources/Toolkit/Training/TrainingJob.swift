public import Annotations
import Configuration
import Evaluation
import Features
import Files
import Foundation
public import Localization

/// Trains a localization head, with validation, one run for each seed.
public struct TrainingJob: Sendable {
    /// What one run came to.
    public struct Run: Sendable {
        /// The run folder.
        public var folder: String
        public var summary: Trainer.Summary
    }

    /// What all runs came to.
    public struct Report: Sendable {
        public var runs: [Run] = []
        /// Mean and standard deviation over the seeds, where there are several.
        public var seeds: SeedRuns?
    }

    /// The configuration of head and training (YAML).
    public var configuration: String
    /// `key.path=value`, the value in YAML, as a person types it.
    public var assignments: [String] = []
    /// A change of the settings in code.
    public var adjust: (@Sendable (inout LocalizationSettings) throws -> Void)?
    /// Feature files or folders whose channels are joined.
    public var features: [String]
    /// Files of annotations; `NAME=PATH` puts all videos of a file into the subset NAME.
    public var annotations: [String]
    /// What a person knows about the annotations that their files do not say.
    public var reading = ReadingOptions()
    /// A table with durations or subsets of the videos, where the annotations lack them.
    public var videoTable: String?
    /// The run folder, or the folder of the runs where there are several seeds.
    public var output: String
    /// The seeds; that of the settings where empty. With one, the run is ``output`` itself.
    public var seeds: [UInt64] = []
    /// Whether to have a folder for each seed, also for a single one.
    public var hasSeedFolders = false
    /// Whether to continue after the last finished epoch.
    public var resumes = false
    /// The encoder's weights, of which the run keeps a copy, with the text encoder beside them.
    public var encoderWeights: String?
    /// Findings about the data that do not stop the training.
    public var allowed: Set<DataFinding.Kind> = []
    /// Whether to write a file for TensorBoard.
    public var writesTensorBoard = false

    public init(configuration: String, features: [String], annotations: [String], output: String) {
        self.configuration = configuration
        self.features = features
        self.annotations = annotations
        self.output = output
    }

    /// Trains.
    ///
    /// - Throws: `FileError`, `ConfigurationError`, `LocalizationError`, `FeatureError`, `EvaluationError` or
    ///   `TensorFileError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        var truth = try AnnotationSet.reading(annotations, reading)
        for oddity in truth.oddities { events.message("\(annotations.joined(separator: ", ")): \(oddity)") }
        if let videoTable { truth = try truth.completed(byTable: videoTable) }
        let source = try FeatureSelection.open(features, annotations: truth, events: events)
        if let encoderWeights, !FileManager.default.isReadableFile(atPath: encoderWeights) {
            throw FileError.notRead(encoderWeights, reason: "the run keeps it as the encoder's weights")
        }
        var report = Report()
        guard hasSeedFolders else {
            report.runs = [
                try train(seed: seeds.first, in: output, truth: truth, source: source, isFirst: true, events)
            ]
            return report
        }
        var runs: [SeedRuns.Run] = []
        for (index, seed) in seeds.enumerated() {
            let folder = RunFolder(output).file("seed-\(seed)")
            let run = try train(
                seed: seed, in: folder, truth: truth, source: source, isFirst: index == 0, events)
            report.runs.append(run)
            runs.append(
                SeedRuns.Run(
                    seed: seed, folder: folder, averageMap: run.summary.averageMAP, epoch: run.summary.chosenEpoch))
        }
        let all = SeedRuns(runs)
        try all.write(to: RunFolder(output))
        report.seeds = all
        return report
    }

    /// One run.
    private func train(
        seed: UInt64?, in folder: String, truth: AnnotationSet, source: any FeatureSource, isFirst: Bool,
        _ events: JobEvents
    ) throws -> Run {
        let configuration = try ShippedFiles.standard.resolve(
            configuration, as: .head, isFirst ? events : .none)
        var settings = try ConfigurationFile.load(
            LocalizationSettings.self, from: configuration, overrides: assignments,
            notify: { if isFirst { events.notice($0) } })
        if let seed { settings.training.seed = seed }
        try adjust?(&settings)
        try settings.validate()
        validateOnlyWhatIsThere(&settings, truth, isFirst ? events : .none)
        if isFirst { try check(settings.training, truth: truth, source: source, events) }
        let run = RunFolder(folder)
        let trainer = try Trainer(settings, annotations: truth, features: source, run: run)
        if isFirst {
            let subset = settings.training.validationSubset
            if settings.training.selection == .best, subset.lowercased().contains("test") {
                events.notice(
                    "test-selection",
                    "the epoch is chosen on subset '\(subset)', which makes its own figure too good; choose on a validation "
                        + "split, or take the last (training.selection: last)")
            }
            for line in trainer.omissions { events.notice("omission", line) }
            events.message(trainer.summary)
        }
        let evaluator = try validationEvaluator(settings, truth, source: source, isFirst ? events : .none)
        let summary = try events.stage("train", unit: "steps") { stage in
            try trainer.run(
                resumes: resumes, writesEvents: writesTensorBoard, progress: stage.handler,
                report: { events.message($0) },
                evaluate: evaluator.map { evaluator in
                    { detections in
                        detections.isEmpty ? 0 : try evaluator.evaluate(DetectionTable(detections)).averageMAP
                    }
                })
        }
        if let encoderWeights {
            try run.keepEncoderWeights(encoderWeights)
            try run.keepTextEncoder(beside: encoderWeights)
        }
        return Run(folder: folder, summary: summary)
    }

    private func check(
        _ training: TrainingSettings, truth: AnnotationSet, source: any FeatureSource, _ events: JobEvents
    ) throws {
        var check = DataCheck(truth, features: source)
        check.trainingSubset = training.trainingSubset
        check.validationSubset = training.validationSubset
        check.ignoredLabels = training.ignoredLabels
        check.allowed = allowed
        try check.run(events)
    }

    /// Trains without validation where the annotations have no validation subset, which is said once.
    private func validateOnlyWhatIsThere(
        _ settings: inout LocalizationSettings, _ truth: AnnotationSet, _ events: JobEvents
    ) {
        let subset = settings.training.validationSubset
        guard !subset.isEmpty, (try? truth.subset(subset)) == nil,
            (try? truth.subset(settings.training.trainingSubset)) != nil
        else { return }
        events.notice(
            "no-validation",
            "no video belongs to subset '\(subset)': the run is not validated, and the weights of its last epoch are taken"
        )
        settings.training.validationSubset = ""
        settings.training.patience = 0
    }

    /// The evaluation while training, on the labels that the detections have.
    ///
    /// Only videos with features are evaluated: the others would count as missed.
    private func validationEvaluator(
        _ settings: LocalizationSettings, _ truth: AnnotationSet, source: any FeatureSource, _ events: JobEvents
    ) throws -> Evaluator? {
        guard !settings.training.validationSubset.isEmpty else { return nil }
        let known = Set(source.videos)
        let subset = Set(try truth.subset(settings.training.validationSubset).videos.map(\.id))
        let wanted = subset.count
        var truth = truth
        truth.videos.removeAll { subset.contains($0.id) && !known.contains($0.id) }
        let evaluated = truth.videos.count { subset.contains($0.id) }
        if evaluated < wanted {
            events.notice(
                "validation",
                "figures while training are of \(evaluated) of \(wanted) videos of subset "
                    + "'\(settings.training.validationSubset)': the rest have no features")
        }
        let isNameless = settings.classAgnostic && settings.postProcessing.fusion.scores == nil
        return try Evaluator(
            isNameless ? truth.classAgnostic(ignoring: settings.training.ignoredLabels) : truth,
            protocol: .named(settings.training.evaluationProtocol), subset: settings.training.validationSubset)
    }
}
