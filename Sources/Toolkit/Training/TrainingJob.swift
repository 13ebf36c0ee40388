public import Annotations
import Configuration
import Encoders
import Evaluation
import Extraction
import Features
import Files
import Foundation
public import Localization
public import Networks
public import Threads

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
        /// The run that was asked to end early; runs of further seeds were not begun.
        public var interrupted: Run?
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
    /// What a manifest says of the data set; ``assignments`` come first.
    public var dataset: DatasetDefaults?
    /// How to divide the videos by chance, where the annotations do not.
    public var split: DataSplit?
    /// The column, of annotations or of ``videoTable``, that says which videos stay together.
    public var groupColumn: String?
    /// The run folder, or the folder of the runs where there are several seeds.
    public var output: String
    /// The seeds; that of the settings where empty. With one, the run is ``output`` itself.
    public var seeds: [UInt64] = []
    /// Whether to have a folder for each seed, also for a single one.
    public var hasSeedFolders = false
    /// Whether to continue after the last finished epoch.
    public var resumes = false
    /// Whether a run that a folder holds is deleted first.
    public var overwrites = false
    /// The encoder's weights, of which the run keeps a copy, with the text encoder beside them.
    public var encoderWeights: String?
    /// Findings about the data that do not stop the training.
    public var allowed: Set<DataFinding.Kind> = []
    /// Whether to write a file for TensorBoard.
    public var writesTensorBoard = false
    /// The processes that train one head together, each with this job. Rank 0 alone writes files and sends events.
    public var ranks: any Communicator = SingleProcess()

    public init(configuration: String, features: [String], annotations: [String], output: String) {
        self.configuration = configuration
        self.features = features
        self.annotations = annotations
        self.output = output
    }

    /// Trains.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end after the step in hand; ``resumes`` goes on from there.
    /// - Throws: `FileError`, `ConfigurationError`, `LocalizationError`, `FeatureError`, `EvaluationError` or
    ///   `TensorFileError`; with several ``ranks`` also `RankAgreement.Difference` or an error of what connects them.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        let events = ranks.isFirst ? events : .none
        if !ranks.isAlone {
            try checkVersions()
            events.message("\(ranks.count) ranks train one head; a batch is divided among them")
        }
        var reading = reading
        if videoTable == nil { reading.groupColumn = groupColumn }
        var truth = try AnnotationSet.reading(annotations, reading)
        for oddity in truth.oddities { events.message("\(annotations.joined(separator: ", ")): \(oddity)") }
        if let videoTable { truth = try truth.completed(byTable: videoTable, groupColumn: groupColumn) }
        let source = try FeatureSelection.open(features, annotations: truth, grid: dataset?.grid, events: events)
        if let encoderWeights, !FileManager.default.isReadableFile(atPath: encoderWeights) {
            throw FileError.notRead(encoderWeights, reason: "the run keeps it as the encoder's weights")
        }
        let kept =
            try encoderWeights
            ?? ShippedWeights.file(encoder: source.origin?.encoder, sha256: source.origin?.weightsSHA256)
        if encoderWeights == nil, let kept {
            events.message(
                "the run keeps the weights of its encoder (\(kept)), so that it can look at videos by itself")
        }
        var report = Report()
        guard hasSeedFolders else {
            let run = try train(
                seed: seeds.first, in: output, truth: truth, source: source, weights: kept, isFirst: true, events,
                cancellation)
            if run.summary.wasInterrupted { report.interrupted = run } else { report.runs = [run] }
            return report
        }
        var runs: [SeedRuns.Run] = []
        for (index, seed) in seeds.enumerated() {
            let folder = folder(of: seed)
            let run = try train(
                seed: seed, in: folder, truth: truth, source: source, weights: kept, isFirst: index == 0, events,
                cancellation)
            guard !run.summary.wasInterrupted else {
                report.interrupted = run
                return report
            }
            report.runs.append(run)
            runs.append(
                SeedRuns.Run(
                    seed: seed, folder: folder, averageMap: run.summary.averageMAP, epoch: run.summary.chosenEpoch))
        }
        let all = SeedRuns(runs)
        if ranks.isFirst { try all.write(to: RunFolder(output)) }
        report.seeds = all
        return report
    }

    private func folder(of seed: UInt64) -> String { RunFolder(output).file("seed-\(seed)") }

    /// Makes room for the runs of all seeds before the first one begins: if this call is interrupted, a later one that resumes
    /// must not take runs of an earlier training for runs of this one.
    private func clearSeedFolders() throws {
        if overwrites { try SeedRuns.remove(from: RunFolder(output)) }
        for seed in seeds { try RunFolder(folder(of: seed), replaces: overwrites).clear() }
    }

    private func checkVersions() throws {
        var agreement = RankAgreement()
        agreement.add("the version of tal", ToolkitVersion.current)
        try agreement.check(ranks)
    }

    /// One run.
    private func train(
        seed: UInt64?, in folder: String, truth: AnnotationSet, source: any FeatureSource, weights: String?,
        isFirst: Bool,
        _ events: JobEvents, _ cancellation: CancellationFlag
    ) throws -> Run {
        let configuration = try ShippedFiles.standard.resolve(
            configuration, as: .head, isFirst ? events : .none)
        var settings = try ConfigurationFile.load(
            LocalizationSettings.self, from: configuration, overrides: assignments,
            notify: { if isFirst { events.notice($0) } })
        if let seed { settings.training.seed = seed }
        try adjust?(&settings)
        try settings.validate()
        describe(&settings, truth, isFirst ? events : .none)
        let truth = try divided(truth, &settings, isFirst ? events : .none)
        validateOnlyWhatIsThere(&settings, truth, isFirst ? events : .none)
        if isFirst { try check(settings.training, truth: truth, source: source, events) }
        let run = RunFolder(folder, replaces: overwrites)
        let trainer = try Trainer(settings, annotations: truth, features: source, run: run)
        if isFirst {
            let subset = settings.training.validationSubset
            if settings.training.selection == .best, subset.lowercased().contains("test") {
                events.notice(
                    "test-selection",
                    "the epoch is chosen on subset '\(subset)', which makes its own figure too good; choose on a validation "
                        + "split, or take the last (training.selection: last)")
            }
            for line in trainer.omissions(withMissing: false) { events.notice("omission", line) }
            events.message(trainer.summary)
            events.message(trainer.plan)
            if let share = trainer.initialShareOfAverage {
                events.notice(
                    "average",
                    "the run is so short that its averaged weights, which are its model, are still \(Int((100 * share).rounded())) % those "
                        + "before training: its mAP says little; train longer, or set training.average_decay: 0 for a trial"
                )
            }
        }
        let evaluator = try validationEvaluator(settings, truth, source: source, isFirst ? events : .none)
        if isFirst, hasSeedFolders, !resumes, ranks.isFirst { try clearSeedFolders() }
        let summary = try events.stage("train", unit: "steps") { stage in
            try trainer.run(
                resumes: resumes, writesEvents: writesTensorBoard, cancellation: cancellation, ranks: ranks,
                progress: stage.handler,
                report: { events.message($0) },
                evaluate: evaluator.map { evaluator in
                    { detections in
                        detections.isEmpty ? 0 : try evaluator.evaluate(DetectionTable(detections)).averageMAP
                    }
                })
        }
        if let weights, !summary.wasInterrupted, ranks.isFirst {
            try run.keepEncoderWeights(weights)
            if try !run.keepTextEncoder(beside: weights),
                try FileManager.default.fileExists(atPath: run.encoder) && EncoderSettings.isPublished(run.encoder)
            {
                try run.keepFiles(EncoderFolder.companions, beside: weights)
            }
        }
        return Run(folder: folder, summary: summary)
    }

    /// Takes subsets and protocol from the manifest of the data set.
    private func describe(_ settings: inout LocalizationSettings, _ truth: AnnotationSet, _ events: JobEvents) {
        guard let dataset else { return }
        func isAssigned(_ key: String) -> Bool { assignments.contains { $0.hasPrefix("training.\(key)=") } }
        let (training, evaluated) = dataset.subsets(of: truth)
        var said: [String] = []
        if let training, !isAssigned("training_subset") {
            settings.training.trainingSubset = training
            said.append("trains on '\(training)'")
        }
        if let evaluated, !isAssigned("validation_subset") {
            settings.training.validationSubset = evaluated
            said.append("evaluates on '\(evaluated)'")
        }
        if let name = dataset.manifest.protocols.first, !isAssigned("evaluation_protocol") {
            settings.training.evaluationProtocol = name
            said.append("by protocol \(name)")
        }
        if !said.isEmpty { events.notice("dataset", "\(dataset.manifest.name): \(said.joined(separator: ", "))") }
    }

    /// Divides the videos as ``split`` says, and trains and validates on the parts.
    private func divided(
        _ truth: AnnotationSet, _ settings: inout LocalizationSettings, _ events: JobEvents
    ) throws -> AnnotationSet {
        guard let split else { return truth }
        let (divided, validationSubset) = try truth.split(split, trainingSubset: settings.training.trainingSubset)
        if split.training != nil || settings.training.trainingSubset.isEmpty {
            settings.training.trainingSubset = "training"
        }
        settings.training.validationSubset = validationSubset
        let counts = divided.subsetNames.map { name in "\(divided.videos.count { $0.subset == name }) \(name)" }
        events.notice("split", "videos divided by seed \(split.seed): \(counts.joined(separator: ", "))")
        return divided
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

    /// Trains without validation where the annotations have no validation subset, which one notice says.
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
