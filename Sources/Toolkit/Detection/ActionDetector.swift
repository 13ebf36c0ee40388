public import Annotations
public import Extraction
import Features
import Localization
public import Tensors
import Threads
public import Video

/// Finds actions in videos: the whole way from a file to labelled segments in seconds.
///
/// ```swift
/// let detector = try ActionDetector(run: "runs/demo")
/// for action in try detector.detect(in: "party.mp4").detections {
///     print(action.label, action.segment.start, action.segment.end, action.score)
/// }
/// ```
public struct ActionDetector: Sendable {
    /// What is found in a video, and what is odd about its file.
    public struct Result: Sendable {
        /// Best first; times in seconds.
        public var detections: [Detection]
        public var warnings: [VideoWarning]
        /// The scores of the head over the time, `[time, classes]`, where they were asked for.
        var curves: FeatureSequence?
    }

    /// The encoder of a run that does not hold its own.
    public struct Encoder: Sendable {
        /// The configuration (YAML), a folder with a published encoder, or the name of one; the run's where nil.
        public var configuration: String?
        /// The weights (safetensors), or a folder with them; the run's, or those beside the configuration, where nil.
        public var weights: String?
        /// The protocol of a published encoder by name or file; its usual one where nil.
        public var rules: String?
        /// The seed of random weights.
        public var seed: UInt64

        public init(
            configuration: String? = nil, weights: String? = nil, rules: String? = nil, seed: UInt64 = 0
        ) {
            self.configuration = configuration
            self.weights = weights
            self.rules = rules
            self.seed = seed
        }
    }

    /// Turns videos into features.
    public let extractor: FeatureExtractor
    /// Whether the encoder has weights and none were given or found, so that its features mean nothing.
    public let usesRandomWeights: Bool
    /// Turns features into detections.
    public internal(set) var finder: SegmentFinder

    /// - Parameters:
    ///   - run: the run folder of a trained or imported head.
    ///   - labels: where class names come from.
    ///   - changes: of the settings of the run.
    ///   - encoder: where the run does not hold its encoder, or another is wanted.
    ///   - precision: the precision of encoder and head.
    /// - Throws: `FileError`, `ConfigurationError`, `LocalizationError`, `SViLMError`, `TensorFileError`, `NetworkError` or
    ///   ``ToolkitError``.
    public init(
        run: String, labels: LabelSource = .model, changes: SettingsChanges = .init(), encoder: Encoder = .init(),
        precision: ComputePrecision = .float32
    ) throws {
        let folder = RunFolder(run)
        finder = try SegmentFinder(run: run, labels: labels, changes: changes, precision: precision)
        let files: (configuration: String, weights: String?)
        if let configuration = encoder.configuration {
            files = (configuration, encoder.weights)
        } else {
            let own = try folder.encoderFiles()
            let weights = encoder.weights ?? own.weights
            let features = finder.detector.model.features
            files = (
                own.configuration,
                try weights ?? ShippedWeights.file(encoder: features.encoder, sha256: features.weightsSha256)
            )
        }
        let choice = try EncoderChoice(
            configuration: files.configuration, weights: files.weights, seed: encoder.seed, rules: encoder.rules
        ).resolved()
        let loaded = try choice.load(precision: precision)
        // The run knows which weights made its features; other random ones would be refused with the first video.
        let known = finder.detector.model.features
        if loaded.isRandom, let digest = known.weightsSha256, digest != loaded.encoder.origin.weightsSHA256 {
            throw ToolkitError.encoderWeights(run: run, encoder: known.encoder ?? "the encoder", sha256: digest)
        }
        extractor = FeatureExtractor(encoder: loaded.encoder)
        usesRandomWeights = loaded.isRandom
    }

    /// The actions of a video file.
    ///
    /// - Throws: `VideoError`, `LocalizationError`, or what names the segments throws.
    public func detect(in path: String) throws -> Result { try detect(in: VideoInput(id: path, path: path)) }

    /// The actions of a video with an id of its own.
    ///
    /// - Throws: as ``detect(in:)-(String)``.
    public func detect(in video: VideoInput) throws -> Result {
        try detect(in: video, cancellation: CancellationFlag())
    }

    /// The same, and ends early when asked to.
    ///
    /// - Throws: as ``detect(in:)-(String)``, or `WorkInterrupted`.
    func detect(
        in video: VideoInput, keepsCurves: Bool = false, cancellation: CancellationFlag
    ) throws -> Result {
        var gathered = GatheredFeatures(isLong: { !keepsCurves && finder.seesInWindows(length: $0) })
        let (grid, summary) = try extractor.features(of: video, cancellation: cancellation) { try gathered.append($0) }
        let (found, curves) = try finder.find(
            in: video, gathered, grid: grid, durationSeconds: summary.durationSeconds, origin: extractor.encoder.origin,
            keepsCurves: keepsCurves)
        return Result(detections: found, warnings: summary.warnings, curves: curves)
    }
}
