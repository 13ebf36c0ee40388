public import Annotations
import Configuration
import Evaluation
import Files
import Foundation
import Networks
public import SViLM
import Synchronization
import Tensors
import Threads

/// Trains a video and a text encoder together on captioned clips (paper, section 3).
///
/// A run folder holds `config.yaml`, the model as ``VideoLanguageModel/save(to:as:metadata:)`` writes it, `metrics.jsonl`, and
/// `last/checkpoint.safetensors`, from which an interrupted run goes on and ends with the same bytes as an
/// uninterrupted one on the same machine with the same number of threads.
public final class Pretrainer {
    public let configuration: PretrainingConfiguration
    public let model: VideoLanguageModel
    private let source: any CaptionedClipSource
    private let validation: [CaptionedClip]
    private let folder: URL
    private let seed: UInt64
    private let nounPicker: NounPicker
    private let identity: PretrainingCheckpoint.Identity
    private var optimizer: any Optimizer
    private var state = PretrainingCheckpoint(step: 0, position: 0, failures: [])
    private let metrics: MetricsLog

    /// What happened in a step.
    public struct Report: Sendable {
        /// Steps done, this one included.
        public var step: Int
        public var losses: StepLosses
        /// The rate of the step.
        public var learningRate: Double
        /// Length of the gradient before it is shortened.
        public var gradientNorm: Double
        /// Made after this step, if it is time.
        public var evaluation: PretrainingEvaluation?
    }

    /// Prepares a run, or takes up the one in the folder.
    ///
    /// - Parameters:
    ///   - encoder: shape of the video encoder.
    ///   - vocabulary: word pieces of the text encoder.
    ///   - initial: weights to begin with; random ones where `nil`.
    ///   - validation: held-out clips, evaluated now and then; may be empty.
    ///   - folder: created where missing. Files of an earlier run are replaced unless `resume` is set.
    ///   - resume: whether to go on from the folder's checkpoint; without one the run begins anew.
    /// - Throws: ``SViLMError``, `ConfigurationError`, `TensorFileError` or `NetworkError`.
    public init(
        _ configuration: PretrainingConfiguration, encoder: EncoderConfiguration, vocabulary: WordPieceVocabulary,
        initial: VideoLanguageModel? = nil, source: any CaptionedClipSource, validation: [CaptionedClip] = [],
        nounPicker: NounPicker = NounPicker(),
        folder: String, seed: UInt64, resume: Bool = false
    ) throws {
        guard
            encoder.clipLength >= 2
                || (configuration.objectives.pasteShare == 0 && configuration.objectives.grouping == 0)
        else {
            throw SViLMError.unfit(
                setting: "frames",
                problem: "must be at least 4 for clips to be blended; or set paste_share and grouping to 0")
        }
        self.configuration = configuration
        self.source = source
        self.validation = validation
        self.nounPicker = nounPicker
        self.seed = seed
        self.folder = URL(fileURLWithPath: folder)
        model = VideoLanguageModel(
            encoder: encoder, text: configuration.text, vocabulary: vocabulary,
            temperature: configuration.objectives.temperature, seed: seed)
        if let initial { try Self.copyWeights(from: initial, to: model) }
        identity = PretrainingCheckpoint.Identity(
            seed: seed, configuration: try ConfigurationFile.encode(configuration),
            encoder: try ConfigurationFile.encode(encoder), vocabularySize: vocabulary.pieces.count)
        optimizer = Self.makeOptimizer(configuration.optimizer, model: model)
        let checkpoint = Self.checkpointPath(in: self.folder)
        do {
            try FileManager.default.createDirectory(
                atPath: (checkpoint as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        } catch {
            throw FileError.unwritable(path: folder, reason: "cannot be created")
        }
        let isUsed = FileManager.default.fileExists(atPath: checkpoint), isResumed = resume && isUsed
        guard resume || !isUsed else {
            throw FileError.unwritable(
                path: folder, reason: "it holds a run already; resume it or choose another folder")
        }
        if isResumed {
            state = try PretrainingCheckpoint.load(
                from: checkpoint, model: model, optimizer: &optimizer, identity: identity)
        }
        try VideoLanguageModel.write(
            try ConfigurationFile.encode(configuration), to: self.folder.appendingPathComponent("config.yaml").path)
        metrics = try MetricsLog(
            path: self.folder.appendingPathComponent("metrics.jsonl").path, resumingAfter: isResumed ? state.step : nil)
    }

    /// Steps already done when the run was taken up.
    public var completedSteps: Int { state.step }
    /// Videos that could not be read so far, each once.
    public var failures: [ClipFailure] { state.failures }

    private static func checkpointPath(in folder: URL) -> String {
        folder.appendingPathComponent("last/checkpoint.safetensors").path
    }

    private static func copyWeights(from initial: VideoLanguageModel, to model: VideoLanguageModel) throws {
        func copy(_ source: some Module, _ target: some Module, _ name: String) throws {
            let known = Dictionary(source.namedParameters().map { ($0.name, $0.parameter) }) { first, _ in first }
            for (key, parameter) in target.namedParameters() {
                guard let value = known[key]?.value, value.shape == parameter.shape else {
                    throw SViLMError.unfit(
                        setting: "the initial \(name) encoder",
                        problem: "has no '\(key)' of shape \(parameter.shape); it was made with another configuration")
                }
                parameter.value = value
            }
        }
        try copy(initial.video, model.video, "video")
        try copy(initial.text, model.text, "text")
    }

    private static func makeOptimizer(_ settings: OptimizerSettings, model: VideoLanguageModel) -> any Optimizer {
        let parameters = model.namedParameters()
        switch settings.kind {
        case .adamw:
            return AdamW(
                parameters, beta1: settings.beta1, beta2: settings.beta2, weightDecay: settings.weightDecay)
        case .sgd:
            return SGD(parameters, momentum: settings.momentum, weightDecay: settings.weightDecay)
        }
    }

    // MARK: - Training

    /// Trains to the configured number of steps; the model is written at every checkpoint and at the end.
    ///
    /// - Parameters:
    ///   - lastStep: where to stop early, for a run that will be resumed; a checkpoint is written there.
    ///   - report: called after every step.
    /// - Throws: ``SViLMError`` or `TensorFileError`.
    public func run(until lastStep: Int? = nil, report: (Report) throws -> Void = { _ in }) throws {
        let end = min(lastStep ?? configuration.steps, configuration.steps)
        let next = Mutex((position: state.position, batches: max(0, end - state.step)))
        let prefetcher = Prefetcher(name: "tal.clips") { [source, batchSize = configuration.batchSize] in
            try next.withLock { next in
                guard next.batches > 0 else { return nil as ClipBatch? }
                let batch = try source.batch(at: next.position, count: batchSize)
                next = (batch.nextPosition, next.batches - 1)
                return batch
            }
        }
        let settings = configuration.optimizer
        let schedule = LearningRateSchedule.warmupCosine(
            base: settings.learningRate, warmupSteps: settings.warmupSteps, totalSteps: configuration.steps,
            final: settings.finalLearningRate)
        while state.step < end, let batch = try prefetcher.next() {
            let rate = schedule.rate(at: state.step)
            var done = try step(batch, rate: rate)
            state.step += 1
            state.position = batch.nextPosition
            for failure in batch.failures where !state.failures.contains(failure) { state.failures.append(failure) }
            done.step = state.step
            if state.step % configuration.validationSteps == 0 || state.step == configuration.steps {
                done.evaluation = evaluate()
            }
            try log(done)
            if state.step % configuration.checkpointSteps == 0 || state.step == end {
                try model.save(to: folder.path, metadata: ["steps": "\(state.step)", "seed": "\(seed)"])
                try state.save(
                    model: model, optimizer: optimizer, identity: identity, to: Self.checkpointPath(in: folder))
            }
            try report(done)
        }
    }

    private func step(_ batch: ClipBatch, rate: Double) throws -> Report {
        // All random numbers of a step depend on the seed and its number alone.
        var generator = RandomGenerator(seed: seed).split(state.step + 1)
        let objectives = configuration.objectives
        let clipLength = model.video.configuration.clipLength
        let scenes = batch.clips.enumerated().map { $1.scene ?? -1 - $0 }
        var paste = CutAndPaste.none(batch: batch.clips.count, clipLength: clipLength)
        if generator.uniform() < objectives.pasteShare, clipLength >= 2, batch.clips.count >= 2 {
            paste = .draw(
                clipLength: clipLength, scenes: scenes, sameScene: objectives.sameScenePaste,
                pieces: objectives.pastePieces, using: &generator)
        }
        let texts = self.texts(of: batch.clips, using: &generator)
        let pixels = batch.clips.map(\.pixels)
        let compute = BatchGradients(
            model: model, objective: StepObjective(settings: objectives), chunkSize: configuration.chunkSize,
            recompute: configuration.recompute)
        let (gradients, losses) = compute(
            clips: pixels.indices.map { paste.blended($0, of: pixels) }, texts: texts, paste: paste,
            seed: generator.next())
        let norm = gradients.norm
        guard losses.total.isFinite else { throw SViLMError.diverged(step: state.step + 1, quantity: "the loss") }
        guard norm.isFinite else { throw SViLMError.diverged(step: state.step + 1, quantity: "the gradient") }
        optimizer.step(
            gradients: gradients.gradients, rate: rate,
            gradientScale: GradientSum.clippingScale(norm: norm, limit: configuration.optimizer.clipNorm))
        return Report(step: 0, losses: losses, learningRate: rate, gradientNorm: norm, evaluation: nil)
    }

    private func texts(of clips: [CaptionedClip], using generator: inout RandomGenerator) -> BatchTexts {
        var texts = BatchTexts()
        var captionRows: [String: Int] = [:], nounRows: [String: Int] = [:]
        let objectives = configuration.objectives
        let template = objectives.nounTemplates[generator.integer(in: 0...(objectives.nounTemplates.count - 1))]
        for clip in clips {
            if captionRows[clip.caption] == nil {
                captionRows[clip.caption] = texts.captions.count
                texts.captions.append(model.encode(clip.caption))
            }
            texts.captionOfClip.append(captionRows[clip.caption] ?? 0)
            guard objectives.grounding > 0 else { continue }
            let nouns = nounPicker.pick(
                objectives.nounsPerCaption, from: clip.nouns ?? nounPicker.nouns(in: clip.caption), using: &generator)
            for noun in nouns where nounRows[noun] == nil {
                nounRows[noun] = texts.prompts.count
                texts.prompts.append(model.encode(template.replacingOccurrences(of: "{noun}", with: noun)))
            }
            texts.nounsOfClip.append(nouns.compactMap { nounRows[$0] })
        }
        return texts
    }

    // MARK: - Evaluation and metrics

    /// Evaluates the present weights on the held-out clips; `nil` without any.
    public func evaluate() -> PretrainingEvaluation? {
        guard !validation.isEmpty else { return nil }
        // The same masks each time.
        var generator = RandomGenerator(seed: seed).split(0)
        let grouping = TemporalGrouping(
            temperature: Float(configuration.objectives.groupingTemperature),
            form: configuration.objectives.groupingForm)
        return .run(
            model, on: validation, grouping: grouping, chunkSize: configuration.chunkSize, using: &generator)
    }

    private func log(_ report: Report) throws {
        var values: [String: Double] = [
            "step": Double(report.step), "loss": report.losses.total, "learning_rate": report.learningRate,
            "gradient_norm": report.gradientNorm,
        ]
        values["contrastive"] = report.losses.contrastive
        values["grouping"] = report.losses.grouping
        values["grounding"] = report.losses.grounding
        if let evaluation = report.evaluation {
            values["video_to_text_recall_1"] = evaluation.videoToText.recall1
            values["video_to_text_recall_5"] = evaluation.videoToText.recall5
            values["video_to_text_recall_10"] = evaluation.videoToText.recall10
            values["video_to_text_median_rank"] = evaluation.videoToText.medianRank
            values["text_to_video_recall_1"] = evaluation.textToVideo.recall1
            values["text_to_video_recall_5"] = evaluation.textToVideo.recall5
            values["text_to_video_recall_10"] = evaluation.textToVideo.recall10
            values["text_to_video_median_rank"] = evaluation.textToVideo.medianRank
            values["action_accuracy"] = evaluation.actionAccuracy
            values["groups_used"] = evaluation.groupsUsed
            values["grouping_of_blended"] = evaluation.groupingOfBlended
            values["grouping_of_unblended"] = evaluation.groupingOfUnblended
            values["explained_by_time"] = evaluation.explainedByTime
        }
        try metrics.append(values)
    }
}
