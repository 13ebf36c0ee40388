public import Annotations
import Configuration
public import Features
import Files
import Foundation
public import Networks
import Tensors
public import Threads

/// Trains a head on a data set and keeps the run folder.
///
/// A run is decided by its configuration, its data and its seed. Every epoch and sample draws from a generator of its own
/// that is derived from the seed, so a run that is killed and resumed ends with the same bytes as one that was not.
public struct Trainer {
    /// What a run came to.
    public struct Summary: Sendable, Equatable {
        /// Epochs that were trained.
        public var epochs: Int
        /// Average mAP of the chosen weights on the validation subset, where it was evaluated.
        public var averageMAP: Double?
        /// The epoch whose weights were chosen.
        public var chosenEpoch: Int
        /// Steps that were taken, of how many, those before the run was resumed included.
        public var steps: Int
        public var totalSteps: Int
        /// Whether the run ended early because it was asked to; resuming it goes on after ``steps``.
        public var wasInterrupted: Bool
    }

    /// Progress of a run, in steps.
    public typealias Progress = @Sendable (_ completed: Int, _ total: Int) -> Void
    /// Average mAP of detections on the validation subset.
    public typealias Evaluation = ([Detection]) throws -> Double

    private let settings: LocalizationSettings
    private let training: Dataset
    private let parts: [TrainingPart]
    private let validation: Dataset?
    private let run: RunFolder
    private let origin: FeatureOrigin?
    private let videoScores: VideoClassScores?
    /// What of the validation subset the class scores do not cover.
    private let scoreGaps: [String]

    /// - Parameters:
    ///   - settings: validated.
    ///   - annotations: the whole file; the subsets are named by the settings.
    ///   - features: of both subsets.
    ///   - run: the folder that the run is written to.
    /// - Throws: `FileError` for a missing subset, ``LocalizationError/precision(_:setting:)``, ``LocalizationError/nothingToTrain(subset:path:)``,
    ///   ``LocalizationError/noTrainedWindow(subset:share:)``, or what reading features and class scores throws.
    public init(
        _ settings: LocalizationSettings, annotations: AnnotationSet, features: any FeatureSource, run: RunFolder
    ) throws {
        let training = settings.training
        try LocalizationError.check(training.precision, setting: "training.precision")
        let ignored = Set(training.ignoredLabels)
        let labels =
            settings.classAgnostic
            ? [annotations.commonLabel(ignoring: training.ignoredLabels)]
            : annotations.labels.filter { !ignored.contains($0) }
        func dataset(_ subset: String) throws -> Dataset {
            Dataset(
                features: features, annotations: try annotations.subset(subset), labels: labels,
                classAgnostic: settings.classAgnostic, ignoredLabels: training.ignoredLabels,
                preparation: SamplePreparation(settings.window, maximumLength: settings.maximumLength),
                cacheBytes: training.cacheMebibytes * 1_048_576)
        }
        self.settings = settings
        self.run = run
        origin = features.origin
        self.training = try dataset(training.trainingSubset)
        validation = training.validationSubset.isEmpty ? nil : try dataset(training.validationSubset)
        videoScores = try VideoClassScores.load(settings.postProcessing.fusion)
        scoreGaps =
            videoScores?.gaps(
                videos: validation?.items.map(\.video) ?? [],
                labels: annotations.labels.filter { !ignored.contains($0) }) ?? []
        guard self.training.segmentCount > 0 || self.training.count == 0 else {
            throw LocalizationError.noLabelledSegment(subset: training.trainingSubset)
        }
        guard self.training.count > 0 else {
            throw LocalizationError.nothingToTrain(subset: training.trainingSubset, path: features.path)
        }
        parts = try self.training.trainingParts()
        guard !parts.isEmpty else {
            throw LocalizationError.noTrainedWindow(
                subset: training.trainingSubset, share: settings.window.requiredInside)
        }
    }

    /// What was left out of the subsets, a line for each kind.
    ///
    /// - Parameter missing: whether videos without features count, which a check of the data may have named before.
    public func omissions(withMissing missing: Bool = true) -> [String] {
        training.omissions.lines(withMissing: missing) + (validation?.omissions.lines(withMissing: missing) ?? [])
            + scoreGaps + undrawn
    }

    /// Videos that training passes over.
    private var undrawn: [String] {
        var lines: [String] = []
        let withoutWindow = training.count - Set(parts.map(\.item)).count
        if withoutWindow > 0 {
            lines.append(
                "\(withoutWindow) videos are not trained: none of their windows holds \(settings.window.requiredInside) of an "
                    + "action (window.required_inside)")
        }
        let empty = Set(parts.map(\.item)).count { training.items[$0].segments.isEmpty }
        if settings.training.sampling == .classBalanced, empty > 0 {
            lines.append("\(empty) videos without an action are not drawn, because training.sampling is class_balanced")
        }
        return lines
    }

    /// What is trained on, in a sentence.
    public var summary: String {
        var text =
            "\(Quantity.text(training.count, "video")) with \(Quantity.text(training.segmentCount, "segment")) of "
            + Quantity.text(training.labels.count, "class", "classes")
        if settings.window.trainingWindows == .all { text += ", in \(Quantity.text(parts.count, "window"))" }
        if let validation {
            text += ", validated on \(Quantity.text(validation.count, "video")) with \(validation.segmentCount)"
        }
        return text
    }

    /// Steps in an epoch.
    private var batchesPerEpoch: Int {
        BatchOrder(count: parts.count, batchSize: settings.training.batchSize * settings.training.accumulation)
            .batchesPerEpoch
    }

    /// How long the run is, in a sentence.
    public var plan: String {
        let training = settings.training
        let warmup = training.warmupEpochs > 0 ? " (\(training.warmupEpochs) warm-up + \(training.epochs))" : ""
        return "\(Quantity.text(training.totalEpochs, "epoch"))\(warmup) of \(Quantity.text(batchesPerEpoch, "step"))"
    }

    /// The share of the weights before training in the average at the end of the run; nil where it is small.
    public var initialShareOfAverage: Double? {
        let training = settings.training
        guard training.averageDecay > 0, !training.averageWarmup else { return nil }
        let share = pow(training.averageDecay, Double(training.totalEpochs * batchesPerEpoch))
        return share > 0.1 ? share : nil
    }

    /// Trains to the end.
    ///
    /// - Parameters:
    ///   - resumes: whether to continue from the last finished epoch of the run folder; otherwise the folder must be unused.
    ///   - progress: called after every step.
    ///   - report: called with a line of text after every epoch.
    ///   - writesEvents: whether to write a file for TensorBoard too.
    ///   - cancellation: asks the run to end after the step in hand; what was done is kept for resuming.
    ///   - ranks: the processes that train one head together, each with the same settings and data. Rank 0 alone writes files,
    ///     calls `report` with the figures, and calls `evaluate`; the others read the run folder where they resume.
    ///   - evaluate: computes the average mAP of detections; called every few epochs where there is a validation subset.
    /// - Throws: `FileError.inUse` where another process trains into the folder; ``LocalizationError``, `FeatureError`,
    ///   `TensorFileError`, `NetworkError`, `RankAgreement.Difference`, or what `evaluate` and `ranks` throw.
    public func run(
        resumes: Bool, writesEvents: Bool = false, cancellation: CancellationFlag = CancellationFlag(),
        ranks: any Communicator = SingleProcess(), progress: Progress? = nil, report: ((String) -> Void)? = nil,
        evaluate: Evaluation? = nil
    ) throws -> Summary {
        let features = try FeatureContract(of: training.features, videos: training.items.map(\.video))
        var generator = RandomGenerator(seed: settings.training.seed)
        let head = try settings.makeHead(
            featureChannels: features.channels, classes: training.labels.count, using: &generator)
        try TrainingAgreement(settings: settings, training: training, validation: validation, features: features)
            .check(ranks)
        let lock = ranks.isFirst ? try prepareFolder(features, resumes: resumes, report) : nil
        defer { lock?.removeFile() }
        // The others look into the folder only now.
        if !ranks.isAlone { try ranks.barrier() }
        return try train(
            head, features: features, writesEvents: writesEvents, cancellation: cancellation, ranks: ranks,
            progress: progress, report: ranks.isFirst ? report : nil, evaluate: evaluate)
    }

    /// Begins the run or takes it up, as far as files go.
    private func prepareFolder(
        _ features: FeatureContract, resumes: Bool, _ report: ((String) -> Void)?
    ) throws -> FolderLock {
        let lock = try run.lock()
        do {
            if run.isUsed, resumes {
                if try checkConfiguration(features) {
                    try run.lengthen(to: settings)
                    report?("the run is now \(plan); what is left of it follows the learning rate of that length")
                }
            } else {
                try run.create(settings: settings, labels: training.labels, features: features)
            }
            // Joined sources have no encoder that could be run on a video.
            if let origin, !origin.encoderConfiguration.isEmpty {
                try run.keepEncoder(configuration: origin.encoderConfiguration)
            }
        } catch {
            lock.removeFile()
            throw error
        }
        return lock
    }

    /// A resumed run must go on with the features, classes and settings it was begun with. Only the number of epochs may differ, and the
    /// memory that keeps features; a run that has come further than its new length does nothing more.
    ///
    /// - Returns: whether the number of epochs differs.
    /// - Throws: ``LocalizationError/runFolder(path:problem:)``, which names what differs, or `ConfigurationError`.
    private func checkConfiguration(_ features: FeatureContract) throws -> Bool {
        guard try ConfigurationFile.load(FeatureContract.self, from: run.features) == features else {
            throw LocalizationError.runFolder(
                path: run.features, problem: "was begun with other features; resume with the same")
        }
        let begun = try ConfigurationFile.load(LocalizationSettings.self, from: run.configuration)
        var same = begun
        same.training.epochs = settings.training.epochs
        same.training.cacheMebibytes = settings.training.cacheMebibytes
        guard same == settings else {
            throw LocalizationError.runFolder(
                path: run.configuration,
                problem:
                    "was begun with \(try Self.difference(settings, from: same)); resume with the same, or choose another folder"
            )
        }
        guard try LabelFile.read(run.labels) == training.labels else {
            throw LocalizationError.runFolder(path: run.labels, problem: "was begun with other classes")
        }
        return begun.training.epochs != settings.training.epochs
    }

    /// The settings of a run that a resumed one has otherwise, in words.
    private static func difference(
        _ settings: LocalizationSettings, from begun: LocalizationSettings
    ) throws -> String {
        let old = try SettingsListing(begun).rows, new = try SettingsListing(settings).rows
        let values = Dictionary(new.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
        let changed = old.filter { !$0.isSection && values[$0.path] != $0.value }.map { row in
            "\(row.path.joined(separator: ".")) \(row.value)" + (values[row.path].map { " and not \($0)" } ?? "")
        }
        let rest = changed.count > 3 ? " and \(changed.count - 3) more" : ""
        return changed.isEmpty ? "other settings" : changed.prefix(3).joined(separator: ", ") + rest
    }

    private func train<Head: LocalizationHead>(
        _ head: Head, features: FeatureContract, writesEvents: Bool, cancellation: CancellationFlag,
        ranks: any Communicator, progress: Progress?, report: ((String) -> Void)?, evaluate: Evaluation?
    ) throws -> Summary {
        var session = try TrainingSession(
            head, settings: settings, features: features, training: training, parts: parts, validation: validation,
            videoScores: videoScores, run: run, writesEvents: writesEvents, ranks: ranks)
        if let part = session.state.part {
            report?("resumed after step \(part.batches) of epoch \(session.state.epoch + 1)")
        } else if session.state.epoch > 0 {
            report?("resumed after epoch \(session.state.epoch)")
        }
        var wasInterrupted = false
        let totalSteps = settings.training.totalEpochs * session.batchesPerEpoch
        while session.state.epoch < settings.training.totalEpochs, !session.isStale {
            let entry = try session.runEpoch(
                cancellation: cancellation, afterStep: { progress?($0, totalSteps) }, evaluate: evaluate)
            guard let entry else {
                wasInterrupted = true
                break
            }
            report?(TrainingLog.describe(entry))
        }
        if session.isStale, !wasInterrupted {
            report?(
                "stopped after epoch \(session.state.epoch): \(settings.training.patience) evaluations were no better than "
                    + "the best before")
        }
        return Summary(
            epochs: session.state.epoch, averageMAP: session.state.chosenScore,
            chosenEpoch: session.state.chosenEpoch ?? session.state.epoch, steps: session.steps, totalSteps: totalSteps,
            wasInterrupted: wasInterrupted)
    }
}
