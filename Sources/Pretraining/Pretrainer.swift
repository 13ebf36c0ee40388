public import Annotations
import Configuration
import Evaluation
import Files
import Foundation
public import Networks
public import SViLM
import Tensors
public import Threads

/// Trains a video and a text encoder together on captioned clips (paper, section 3).
///
/// A run folder holds `config.yaml`, the model as `VideoLanguageModel.save` writes it, `metrics.jsonl`, and
/// `last/checkpoint.safetensors`, from which an interrupted run goes on and ends with the same bytes as an
/// uninterrupted one on the same machine with the same number of threads. Where training may end early, the model is that of the
/// best evaluation, whose weights lie in `last/best.safetensors` as well.
public final class Pretrainer {
    public let configuration: PretrainingConfiguration
    public let model: VideoLanguageModel
    private let source: any CaptionedClipSource
    private let validation: [CaptionedClip]
    private let folder: URL
    private let seed: UInt64
    private let nounPicker: NounPicker
    private let checkpoint: TrainingCheckpoint
    private var state: PretrainingState
    private var loop: TrainingLoop
    /// Of the rank that writes files.
    private let log: RunLog?
    private let ranks: any Communicator
    /// What the ranks share of a step; nil where the process trains by itself.
    private let sharing: SharedChunks?
    /// The checkpoint that this run goes on from, or wrote last.
    private var found: FileIdentity?
    /// Where training may end early: the weights of the best evaluation.
    private var bestWeights: [Tensor]?

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
    ///   - configuration: how the model is trained.
    ///   - encoder: shape of the video encoder.
    ///   - vocabulary: word pieces of the text encoder.
    ///   - initial: weights to begin with; random ones where `nil`.
    ///   - source: gives the batches.
    ///   - validation: held-out clips, evaluated now and then; may be empty.
    ///   - nounPicker: finds the nouns of captions.
    ///   - folder: created where missing. Files of an earlier run are replaced unless `resume` is set.
    ///   - seed: of weights, masks and blending.
    ///   - overwrites: whether a run or model that the folder holds is deleted first.
    ///   - resume: whether to resume from the folder's checkpoint; without one the run starts from the beginning.
    ///   - ranks: the processes that train one model together, each with the same arguments. Rank 0 alone writes files.
    /// - Throws: `SViLMError`, `FileError`, `ConfigurationError`, `TensorFileError` or `NetworkError`; with several ranks also
    ///   `RankAgreement.Difference` or an error of what connects them.
    public init(
        _ configuration: PretrainingConfiguration, encoder: EncoderConfiguration, vocabulary: WordPieceVocabulary,
        initial: VideoLanguageModel? = nil, source: any CaptionedClipSource, validation: [CaptionedClip] = [],
        nounPicker: NounPicker = NounPicker(),
        folder: String, seed: UInt64, resume: Bool = false, overwrites: Bool = false,
        ranks: any Communicator = SingleProcess()
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
        self.ranks = ranks
        self.folder = URL(fileURLWithPath: folder)
        model = VideoLanguageModel(
            encoder: encoder, text: configuration.text, vocabulary: vocabulary,
            temperature: configuration.objectives.temperature, seed: seed)
        if let initial {
            try Self.copyWeights(from: initial, to: model)
            // Temperatures that nothing trains stay those that the weights were trained with.
            if configuration.objectives.contrastive == 0 {
                model.contrastiveScale.logarithm.value = initial.contrastiveScale.logarithm.value
                model.groundingScale.logarithm.value = initial.groundingScale.logarithm.value
            }
        }
        let trained = try TrainableParameters(model, configuration)
        state = PretrainingState(
            identity: PretrainingState.Identity(
                seed: seed, configuration: try ConfigurationFile.encode(configuration),
                encoder: try ConfigurationFile.encode(encoder), vocabularySize: vocabulary.pieces.count,
                frozen: trained.frozen.isEmpty ? nil : Weights.hash(of: trained.frozen)))
        loop = TrainingLoop(
            trained.groups.map { factor, parameters in
                var settings = configuration.optimizer
                settings.learningRate *= factor
                settings.finalLearningRate *= factor
                return (
                    settings.makeOptimizer(parameters),
                    settings.cosine(warmupSteps: configuration.warmupSteps, totalSteps: configuration.steps)
                )
            }, gradientClipNorm: configuration.optimizer.gradientClipNorm)
        checkpoint = TrainingCheckpoint(self.folder.appendingPathComponent("last/checkpoint.safetensors").path)
        guard !ranks.isFirst || resume || overwrites || !checkpoint.exists else {
            throw FileError.unwritable(
                path: folder, reason: "it holds a run already; resume it or choose another folder")
        }
        // Without a checkpoint, a kill could leave files of that model among ours.
        guard !ranks.isFirst || overwrites || checkpoint.exists || !VideoLanguageModel.isPresent(in: folder) else {
            throw FileError.unwritable(path: folder, reason: "it holds a model already; choose another folder")
        }
        let lock = ranks.isFirst ? try Self.lock(folder, clears: overwrites) : nil
        defer { lock?.removeFile() }
        // The others look into the folder only now.
        if !ranks.isAlone { try ranks.barrier() }
        if checkpoint.exists {
            let identity = state.identity, path = checkpoint.path
            state = try checkpoint.restore(loop: &loop) { try $0.identity.check(against: identity, file: path) }
        }
        sharing =
            ranks.isAlone
            ? nil
            : try SharedChunks(
                of: loop.parameters.map(\.parameter), over: ranks, compression: configuration.gradientCompression)
        log =
            ranks.isFirst
            ? try RunLog(
                path: self.folder.appendingPathComponent("metrics.jsonl").path, key: "step", keepingThrough: loop.steps)
            : nil
        try checkAgreement()
        if configuration.patience > 0, state.selection != nil { bestWeights = try readBest() }
        guard ranks.isFirst else { return }
        // A run that was killed between the files of the model left them of two steps.
        if loop.steps > 0 { try saveModel() }
        try VideoLanguageModel.write(
            try ConfigurationFile.encode(configuration), to: self.folder.appendingPathComponent("config.yaml").path)
        found = FileIdentity(checkpoint.path)
    }

    /// Makes the folder where it is missing, and takes the right to write into it.
    private static func lock(_ folder: String, clears: Bool) throws(FileError) -> FolderLock {
        try DurableFile.makeFolders(folder)
        let lock = try FolderLock(folder: folder)
        if clears { try clear(folder) }
        return lock
    }

    /// Finds out whether all ranks train the same.
    private func checkAgreement() throws {
        guard !ranks.isAlone else { return }
        var agreement = RankAgreement()
        for row in try SettingsListing(configuration).rows where !row.isSection {
            agreement.add(row.path.joined(separator: "."), row.value)
        }
        for row in try SettingsListing(model.video.configuration).rows where !row.isSection {
            agreement.add("the encoder's \(row.path.joined(separator: "."))", row.value)
        }
        agreement.add("the seed", "\(seed)")
        func digest(_ texts: [String]) -> String {
            var hasher = SHA256()
            hasher.update(texts.joined(separator: "\n"))
            return "\(texts.count) (digest \(hasher.hexadecimal().prefix(12)))"
        }
        agreement.add("the number of captions", digest(source.captions()))
        agreement.add("the number of held-out captions", digest(validation.map(\.caption)))
        agreement.add("the vocabulary's size", digest(model.tokenizer.vocabulary.pieces))
        agreement.add(
            "the state that training goes on from",
            "\(loop.steps) steps and weights \(Weights.hash(of: loop.parameters).prefix(12)) in \(folder.path)")
        try agreement.check(ranks)
    }

    /// Steps taken, those before the run was resumed included.
    public var completedSteps: Int { loop.steps }
    /// Videos that could not be read so far, each once.
    public var failures: [ClipFailure] { state.failures }

    /// What a run that may end early came to: the step of its best evaluation, 0 for the one before training, and its L_t there.
    public var best: (step: Int, grouping: Double)? { state.selection.map { ($0.step, $0.best) } }

    /// Deletes what a run wrote. The model, which marks the folder as used, is the last to go.
    private static func clear(_ folder: String) throws(FileError) {
        let files = ["last", "metrics.jsonl", "config.yaml"] + VideoLanguageModel.fileNames
        for file in files.map({ (folder as NSString).appendingPathComponent($0) })
        where FileManager.default.fileExists(atPath: file) {
            do {
                try FileManager.default.removeItem(atPath: file)
            } catch {
                throw .unwritable(path: file, reason: error.localizedDescription)
            }
        }
    }

    private func saveModel() throws {
        let now = loop.parameters.map(\.parameter.value)
        if let bestWeights { put(bestWeights) }
        defer { put(now) }
        try model.save(to: folder.path, metadata: ["steps": "\(best?.step ?? loop.steps)", "seed": "\(seed)"])
    }

    private func put(_ values: [Tensor]) {
        for ((_, parameter), value) in zip(loop.parameters, values) { parameter.value = value }
    }

    // MARK: - Ending early

    /// The weights of the best evaluation lie beside the checkpoint, which holds the last ones.
    private var bestPath: String { folder.appendingPathComponent("last/best.safetensors").path }

    private func readBest() throws -> [Tensor] {
        let file = try SafetensorsFile(path: bestPath)
        return try loop.parameters.map { name, parameter in
            let tensor = try file.tensor(named: name)
            guard tensor.shape == parameter.shape else {
                throw SViLMError.unusableCheckpoint(file: bestPath, reason: "'\(name)' has shape \(tensor.shape)")
            }
            return tensor
        }
    }

    /// Takes an evaluation into account, and keeps the weights where it is the best.
    ///
    /// - Parameter evaluation: of the first rank, which decides for all.
    private func select(_ evaluation: PretrainingEvaluation?) throws {
        let grouping = try ranks.fromFirst { evaluation?.groupingOfBlended ?? .nan }
        guard grouping.isFinite else { return }
        if let selection = state.selection, grouping >= selection.best {
            state.selection?.waited += 1
            return
        }
        state.selection = PretrainingState.Selection(best: grouping, step: loop.steps)
        bestWeights = loop.parameters.map(\.parameter.value)
        guard ranks.isFirst else { return }
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("last"), withIntermediateDirectories: true)
        try SafetensorsFile.write(loop.parameters.map { ($0.name, $0.parameter.value) }, to: bestPath)
    }

    /// Whether the last evaluations were no better than an earlier one.
    public var hasEnded: Bool {
        configuration.patience > 0 && (state.selection?.waited ?? 0) >= configuration.patience
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

    // MARK: - Training

    /// Trains to the configured number of steps; the model is written at every checkpoint and at the end.
    ///
    /// - Parameters:
    ///   - lastStep: where to stop early, for a run that will be resumed; a checkpoint is written there.
    ///   - cancellation: asks the run to end after the step in hand; a checkpoint is written there.
    ///   - report: called after every step.
    /// - Returns: whether the run ended early because it was asked to.
    /// - Throws: `NetworkError`, `FileError` or `TensorFileError`, or what the source and `report` throw.
    @discardableResult
    public func run(
        until lastStep: Int? = nil, cancellation: CancellationFlag = CancellationFlag(),
        report: (Report) throws -> Void = { _ in }
    ) throws -> Bool {
        let lock = ranks.isFirst ? try FolderLock(folder: folder.path) : nil
        defer { lock?.removeFile() }
        guard !ranks.isFirst || FileIdentity(checkpoint.path) == found else {
            throw FileError.unwritable(
                path: folder.path, reason: "another run has trained into it meanwhile; resume it")
        }
        defer { found = FileIdentity(checkpoint.path) }
        let end = min(lastStep ?? configuration.steps, configuration.steps)
        guard !hasEnded else { return false }
        if configuration.patience > 0, state.selection == nil { try select(ranks.isFirst ? evaluate() : nil) }
        let reader = ClipReader(
            source, batchSize: configuration.batchSize, at: state.position, batches: max(0, end - loop.steps),
            ranks: ranks)
        var kept = loop.steps
        func keep() throws {
            guard loop.steps > kept else { return }
            kept = loop.steps
            guard ranks.isFirst else { return }
            try log?.synchronize()
            // The checkpoint comes first: from it the files of the model can be written again.
            try checkpoint.save(state, loop: loop)
            try saveModel()
        }
        var isAskedToEnd = false
        while loop.steps < end, !hasEnded {
            guard !(ranks.isAlone ? cancellation.isRequested : isAskedToEnd) else {
                try keep()
                return true
            }
            guard let batch = try reader.next() else { break }
            var done = try step(batch)
            state.position = batch.nextPosition
            for failure in batch.failures where !state.failures.contains(failure) { state.failures.append(failure) }
            if done.step % configuration.validationSteps == 0 || done.step == configuration.steps {
                if ranks.isFirst { done.evaluation = evaluate() }
                if configuration.patience > 0 { try select(done.evaluation) }
            }
            // Before the checkpoint: a line too many is dropped on resuming, a missing one would stay missing.
            try log?.append(PretrainingMetrics.values(of: done))
            if done.step % configuration.checkpointSteps == 0 || done.step == end || hasEnded { try keep() }
            // All ranks end after the same step.
            if !ranks.isAlone { isAskedToEnd = try ranks.any(cancellation.isRequested) }
            try report(done)
        }
        return false
    }

    private func step(_ batch: ClipBatch) throws -> Report {
        // All random numbers of a step depend on the seed and its number alone.
        var generator = RandomGenerator(seed: seed).split(loop.steps + 1)
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
            recompute: configuration.recompute, sharing: sharing)
        let (gradients, losses) = try compute(
            clips: pixels.indices.map { paste.blended($0, of: pixels) }, texts: texts, paste: paste,
            seed: generator.next(), into: loop.emptySums())
        let taken = try loop.step(gradients, loss: losses.total)
        return Report(
            step: loop.steps, losses: losses, learningRate: taken.learningRate, gradientNorm: taken.gradientNorm,
            evaluation: nil)
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

    // MARK: - Evaluation

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
}
