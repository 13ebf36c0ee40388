import Annotations
import Configuration
import Extraction
import Networks
public import Pretraining
import SViLM
import Tensors
public import Threads
public import Video

/// Continues an S-ViLM on videos without labels or captions, by intra-clip temporal grouping alone (L_t): clips of two videos are cut
/// and pasted together, and the encoder learns to tell which moments belong to which video. The blend is its own teacher.
///
/// What only words or regions train stays as it is: the text encoder, the projections of the global vector and of groups, and the
/// last grouping block. The lower layers stay too, as many as are asked for. A fifth of the videos is held out; training ends when
/// the model separates their blends no better. The best weights are kept, which may be those before training. The folder is that of a
/// pre-trained model.
public struct AdaptationJob: Sendable {
    /// What was done.
    public struct Report: Sendable {
        /// Whether it was asked to end before it was done; the steps so far are kept.
        public var wasInterrupted = false
        /// The most steps that were to be done.
        public var totalSteps = 0
        /// Videos trained on, and held out.
        public var videos = (training: 0, heldOut: 0)
        /// Steps taken.
        public var steps = 0
        /// The step whose weights are the model; 0 where no step made the held-out blends easier to tell apart.
        public var bestStep = 0
        /// L_t of the blended held-out clips at that step.
        public var bestGrouping: Double?
        public var batch = BatchReport()
    }

    /// Video files, folders to search through, or `@FILE` lists.
    public var videos: [String]
    /// The folder of the pre-trained model to begin with.
    public var model: String
    /// The folder to write.
    public var output: String
    /// Settings of the training; text, vocabulary and encoder are those of the model.
    public var settings = Self.defaults
    /// The first transformer layers that stay as they are, with the embeddings below them.
    public var frozenLayers = 0
    /// Settings as `key.path=value`, the value in YAML, as a person types it, after all others.
    public var assignments: [String] = []
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?
    /// Whether to go on from the folder's last checkpoint.
    public var resumes = false
    /// Whether a run that the folder holds is deleted first.
    public var overwrites = false
    /// The seed of which videos are held out, of clips and of blends.
    public var seed: UInt64 = 0

    public init(_ videos: [String], model: String, output: String) {
        self.videos = videos
        self.model = model
        self.output = output
    }

    /// About ten minutes of two cores for the tiny model.
    public static var defaults: PretrainingConfiguration {
        var settings = PretrainingConfiguration()
        settings.objectives.contrastive = 0
        settings.objectives.grounding = 0
        // With centres that leave the compared feature out a code of the position in time does not satisfy the loss.
        settings.objectives.groupingForm = .leaveOneOut
        settings.optimizer.learningRate = 2e-4
        settings.batchSize = 32
        settings.steps = 400
        settings.warmupSteps = 40
        settings.validationSteps = 20
        settings.checkpointSteps = 20
        settings.validationClips = 64
        settings.patience = 5
        return settings
    }

    /// The least number of videos: three to blend and one to hold out.
    private static let fewestVideos = 4

    /// Adapts.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end after the step in hand; ``resumes`` goes on from there.
    ///   - afterStep: called after every step.
    /// - Throws: `FileError`, `ConfigurationError`, `SViLMError`, `TensorFileError` or `NetworkError`.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag(),
        afterStep: (Pretrainer.Report) -> Void = { _ in }
    ) throws -> Report {
        let start = try VideoLanguageModel.load(from: model)
        let settings = try resolved(start, events)
        var report = Report()
        let inputs = VideoInputs(videos, pictureRate: pictureRate)
        for failure in inputs.failures { report.batch.fail(failure.input, failure.error) }
        guard inputs.videos.count >= Self.fewestVideos else {
            guard report.batch.failures.isEmpty || !inputs.videos.isEmpty else { return report }
            throw SViLMError.unfit(
                setting: "the videos",
                problem:
                    "are \(inputs.videos.count); cut-and-paste needs at least \(Self.fewestVideos), of which one is held out"
            )
        }
        var generator = RandomGenerator(seed: seed)
        let shuffled = inputs.videos.shuffled(using: &generator)
        let held = max(1, shuffled.count / 5)
        report.videos = (shuffled.count - held, held)
        func source(_ videos: some Sequence<VideoInput>, seed: UInt64) -> ManifestClipSource {
            ManifestClipSource(
                videos.map { PretrainingManifest.Entry(video: $0.path, caption: "") },
                path: videos.first { _ in true }?.path ?? output, encoder: start.video.configuration, seed: seed,
                decoderOptions: DecoderOptions(pictureRate: pictureRate))
        }
        let validation = try source(shuffled.prefix(held), seed: seed &+ 1).batch(
            at: 0, count: max(2, settings.validationClips))
        let trainer = try Pretrainer(
            settings, encoder: start.video.configuration, vocabulary: start.tokenizer.vocabulary, initial: start,
            source: source(shuffled.dropFirst(held), seed: seed), validation: validation.clips, folder: output,
            seed: seed, resume: resumes, overwrites: overwrites)
        report.totalSteps = settings.steps
        report.wasInterrupted = try events.stage(
            "adapt", unit: "steps", total: settings.steps, startingPoint: trainer.completedSteps
        ) {
            stage in
            try trainer.run(cancellation: cancellation) { step in
                stage.update(completed: Double(step.step), detail: step.losses.summary)
                afterStep(step)
            }
        }
        report.steps = trainer.completedSteps
        report.bestStep = trainer.best?.step ?? trainer.completedSteps
        report.bestGrouping = trainer.best?.grouping
        var failed: Set<String> = []
        for failure in validation.failures + trainer.failures where failed.insert(failure.video).inserted {
            report.batch.fail(failure.video, reason: failure.reason)
        }
        report.batch.succeed(inputs.videos.count - failed.count)
        return report
    }

    /// The settings with everything that the model decides.
    private func resolved(_ model: VideoLanguageModel, _ events: JobEvents) throws -> PretrainingConfiguration {
        let encoder = model.video.configuration
        guard (0..<encoder.depth).contains(frozenLayers) else {
            throw SViLMError.unfit(
                setting: "the number of frozen layers",
                problem: "is \(frozenLayers); the encoder has \(encoder.depth) layers, of which one must be trained")
        }
        var settings = settings
        settings.text = model.text.configuration
        settings.encoder = VideoLanguageModel.FileName.encoderConfiguration
        settings.frozen = [
            "text", "contrastive_scale", "grounding_scale", "video.group_projection", "video.global_projection",
        ]
        let layers = encoder.groupingLayers
        // A grouping block only reaches the video tokens through the layers after it.
        let fixed = layers.indices.filter { layers[$0] == encoder.depth || layers[$0] <= frozenLayers }
        settings.frozen += fixed.map { "video.grouping.\($0)" }
        if frozenLayers > 0 {
            settings.frozen += ["video.tubelet_embedding", "video.position", "video.group_tokens"]
            settings.frozen += (0..<frozenLayers).map { "video.blocks.\($0)" }
        }
        return try ConfigurationFile.decode(
            from: ConfigurationFile.encode(settings), file: "the settings", overrides: assignments,
            notify: { events.notice($0) })
    }
}
