import Annotations
public import Configuration
public import Evaluation
import Features
import Files
import Foundation
public import Localization
public import Threads

/// Tries settings of post-processing on a validation subset, without running the head again.
public struct SweepJob: Sendable {
    /// What was tried.
    public struct Report: Sendable {
        /// Keys from the top of the configuration, with the values that were tried.
        public var grid: SettingsGrid
        /// Best first; equal ones in the order of the grid.
        public var ranked: [PostProcessingSweep.Outcome]
        public var subset: String
        /// Name of the protocol.
        public var protocolName: String
        public var batch: BatchReport
        /// Combinations there are to try; ``ranked`` holds fewer where the sweep was asked to end.
        public var combinationCount: Int
        /// Whether the sweep ended early because it was asked to.
        public var wasInterrupted: Bool
        /// Whether the proposals were made and are kept, so that another sweep needs no features.
        public var keepsProposals: Bool
        fileprivate var changes: SettingsChanges
        fileprivate var videoScores: String?
    }

    /// The run folder.
    public var run: String
    /// What is tried; `post_processing.` before a key may be left out.
    public var grid: SettingsGrid
    /// Annotations and protocol; its predictions are not used.
    public var evaluation: EvaluationInputs
    /// Changes that hold for all combinations.
    public var changes = SettingsChanges()
    /// A file of class scores for whole videos, for class-agnostic heads.
    public var videoScores: String?
    /// Findings about the data that do not stop the sweep.
    public var allowed: Set<DataFinding.Kind> = []
    /// Features to make proposals from; where empty, ``rawProposals`` is read.
    public var features: [String] = []
    /// Proposals that were kept before, or where to keep those that are made.
    public var rawProposals: String?

    public init(run: String, grid: SettingsGrid, evaluation: EvaluationInputs) {
        self.run = run
        self.grid = grid
        self.evaluation = evaluation
    }

    /// Tries every combination.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end after the combinations in hand.
    /// - Throws: `ConfigurationError`, `LocalizationError`, `EvaluationError`, `FeatureError`, `FileError` or
    ///   `TensorFileError`.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        let labels = videoScores.map(LabelSource.videoScores) ?? .model
        let folder = RunFolder(run)
        let sweep = try PostProcessingSweep(
            grid, run: folder, overlays: changes.files, overrides: changes.assignments,
            adjust: { settings in
                if let videoScores { settings.postProcessing.fusion.scores = videoScores }
                try changes.adjust?(&settings)
            })
        let truth = try evaluation.annotations()
        let settings = try evaluation.settings()
        let subset = evaluation.subset ?? settings.subset
        if subset.lowercased().contains("test") {
            events.notice(
                "test-selection",
                "settings chosen on subset '\(subset)' make its own figure too good; choose on a validation split")
        }
        let evaluator = try Evaluator(truth, protocol: settings, subset: evaluation.subset)
        let wanted = truth.subsetNames.isEmpty || subset.isEmpty ? truth : try truth.subset(subset)
        let detector = try Detector(naming: folder.load(changes, labels: labels), annotations: truth)
        for gap in detector.videoScores?.gaps(videos: wanted.videos.map(\.id), labels: truth.labels) ?? [] {
            events.notice("class-scores", gap)
        }
        var batch = BatchReport()
        func report(_ outcomes: [PostProcessingSweep.Outcome], keepsProposals: Bool, wasInterrupted: Bool) -> Report {
            return Report(
                grid: sweep.grid, ranked: outcomes.sortedByDescending(\.averageMAP), subset: subset,
                protocolName: settings.name,
                batch: batch, combinationCount: sweep.grid.count, wasInterrupted: wasInterrupted,
                keepsProposals: keepsProposals, changes: changes, videoScores: videoScores)
        }
        let scratch = features.isEmpty || rawProposals != nil ? nil : try ScratchFile("sweep.raw")
        let path = rawProposals ?? scratch?.path ?? ""
        if !features.isEmpty {
            do {
                try makeProposals(
                    of: wanted, detector: detector, sweep: sweep, path: path, batch: &batch, events, cancellation)
            } catch is WorkInterrupted {
                return report([], keepsProposals: false, wasInterrupted: true)
            }
        }
        let file = try RawProposalFile(path: path)
        if features.isEmpty {
            let known = Set(file.videos)
            let missing = wanted.videos.map(\.id).filter { !known.contains($0) }
            for video in missing { batch.fail(video, reason: "no proposals in \(path)") }
            batch.succeed(wanted.videos.count - missing.count)
        }
        let outcomes = try events.stage("sweep", unit: "combinations", total: sweep.grid.count) { stage in
            try sweep.run(
                file, with: detector, videos: Set(wanted.videos.map(\.id)), cancellation: cancellation,
                evaluate: { try evaluator.evaluate($0).averageMAP }, progress: stage.handler)
        }
        return report(
            outcomes, keepsProposals: scratch == nil, wasInterrupted: outcomes.count < sweep.grid.count)
    }

    /// Makes the file of proposals.
    ///
    /// - Throws: what `run` throws, or `WorkInterrupted`.
    private func makeProposals(
        of truth: AnnotationSet, detector: Detector, sweep: PostProcessingSweep, path: String,
        batch: inout BatchReport, _ events: JobEvents, _ cancellation: CancellationFlag
    ) throws {
        let source = try FeatureSelection.open(features, annotations: truth, events: events)
        var check = DataCheck(truth, features: source)
        check.allowed = allowed
        try check.run(events)
        let selection = FeatureSelection(
            source, annotations: truth, isComplete: true)
        for video in selection.missing { batch.fail(video, reason: "no features in \(selection.source.path)") }
        var model = detector.model
        model.settings.postProcessing = sweep.loosest(model.settings.postProcessing)
        let writer = try RawProposalWriter(model, path: path)
        let failures = try events.stage("detect", unit: "videos", total: selection.videos.count) { stage in
            try Detector(model, videoScores: detector.videoScores).writeProposals(
                of: selection.videos, in: selection.source, durations: selection.durations, to: writer,
                cancellation: cancellation, progress: stage.handler)
        }
        for failure in failures { batch.fail(failure.video, failure.error) }
        batch.succeed(selection.videos.count - failures.count)
        try writer.finish()
    }
}

extension SweepJob.Report {
    /// The best settings as YAML, which a detection takes as ``SettingsChanges/files``.
    ///
    /// - Parameter head: a comment for the first line.
    /// - Throws: `ConfigurationError`.
    public func bestSettings(head: String) throws -> String {
        guard let best = ranked.first else { return "" }
        let overrides = changes.assignments + zip(grid.axes, best.values).map { "\($0.key)=\($1)" }
        let texts = videoScores.map { [(key: "post_processing.fusion.scores", value: $0)] } ?? []
        return try "# \(head)\n" + ConfigurationFile.text(of: overrides, texts: texts)
    }
}
