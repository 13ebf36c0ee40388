import Annotations
import Configuration
import Evaluation
import Foundation
public import Networks
public import Pretraining
import SViLM
public import Threads
public import Video

/// Trains a video and a text encoder together on captioned clips.
public struct PretrainingJob: Sendable {
    /// What was done.
    public struct Report: Sendable {
        public var batch = BatchReport()
        /// Steps taken, of how many, those before the run was resumed included.
        public var steps: Int
        public var totalSteps: Int
        /// Whether the run ended early because it was asked to.
        public var wasInterrupted: Bool
    }

    /// What happened at a step.
    public typealias StepHandler = (Pretrainer.Report) -> Void

    /// The configuration of the pre-training (YAML).
    public var configuration: String
    /// Settings as `key.path=value`, the value in YAML, as a person types it.
    public var assignments: [String] = []
    /// A manifest of captioned videos; the generated world where nil.
    public var videos: String?
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?
    /// The run folder.
    public var output: String
    /// Begin with the weights and the vocabulary of this run or model folder.
    public var initial: String?
    /// Whether to go on from the folder's last checkpoint.
    public var resumes = false
    /// Whether a run that the folder holds is deleted first.
    public var overwrites = false
    /// The seed of weights, clips and their order.
    public var seed: UInt64 = 0
    /// The processes that train one model together, each with this job. Rank 0 alone writes files and sends events.
    public var ranks: any Communicator = SingleProcess()

    public init(configuration: String, output: String) {
        self.configuration = configuration
        self.output = output
    }

    /// Trains.
    ///
    /// - Parameters:
    /// - Parameters:
    ///   - events: hears of progress and notices.
    ///   - cancellation: asks the work to end after the step in hand; ``resumes`` goes on from there.
    ///   - afterStep: called after every step.
    /// - Throws: `FileError`, `ConfigurationError`, `SViLMError`, `TensorFileError` or `NetworkError`.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag(),
        afterStep: StepHandler = { _ in }
    ) throws -> Report {
        let events = ranks.isFirst ? events : .none
        if !ranks.isAlone {
            var agreement = RankAgreement()
            agreement.add("the version of tal", ToolkitVersion.current)
            try agreement.check(ranks)
            events.message("\(ranks.count) ranks train one model; a batch is divided among them")
        }
        let configuration = try ShippedFiles.standard.resolve(configuration, as: .pretraining, events)
        let settings = try ConfigurationFile.load(
            PretrainingConfiguration.self, from: configuration, overrides: assignments, notify: { events.notice($0) })
        let folder = URL(fileURLWithPath: configuration).deletingLastPathComponent()
        let encoder = try ConfigurationFile.load(
            EncoderConfiguration.self, from: URL(fileURLWithPath: settings.encoder, relativeTo: folder).path)
        let clips =
            try videos.map {
                try PretrainingClips(
                    manifest: $0, settings: settings, encoder: encoder, seed: seed,
                    decoderOptions: DecoderOptions(pictureRate: pictureRate))
            }
            ?? PretrainingClips(world: settings, encoder: encoder, seed: seed)
        let start = try initial.map { try VideoLanguageModel.load(from: $0) }
        let vocabulary = try start?.tokenizer.vocabulary ?? makeVocabulary(settings, folder: folder, clips: clips)
        let trainer = try Pretrainer(
            settings, encoder: encoder, vocabulary: vocabulary, initial: start, source: clips.source,
            validation: clips.validation, folder: output, seed: seed, resume: resumes, overwrites: overwrites,
            ranks: ranks)
        let wasInterrupted = try events.stage(
            "pretrain", unit: "steps", total: settings.steps, startingPoint: trainer.completedSteps
        ) { stage in
            try trainer.run(cancellation: cancellation) { report in
                stage.update(completed: Double(report.step), detail: report.losses.summary)
                afterStep(report)
            }
        }
        var batch = BatchReport()
        batch.succeed()
        for failure in clips.failures + trainer.failures
        where !batch.failures.contains(where: { $0.item == failure.video }) {
            batch.fail(failure.video, reason: failure.reason)
        }
        return Report(
            batch: batch, steps: trainer.completedSteps, totalSteps: settings.steps, wasInterrupted: wasInterrupted)
    }

    private func makeVocabulary(
        _ settings: PretrainingConfiguration, folder: URL, clips: PretrainingClips
    ) throws -> WordPieceVocabulary {
        try settings.vocabulary.isEmpty
            ? .covering(clips.source.captions() + settings.objectives.nounTemplates)
            : WordPieceVocabulary(path: URL(fileURLWithPath: settings.vocabulary, relativeTo: folder).path)
    }
}

extension StepLosses {
    /// The losses in a few words.
    var summary: String {
        func text(_ value: Double) -> String { String(format: "%.3f", value) }
        let parts = [("L_c", contrastive), ("L_t", grouping), ("L_g", grounding)]
        return parts.reduce(into: "loss \(text(total))") { line, part in
            if let value = part.1 { line += ", \(part.0) \(text(value))" }
        }
    }
}
