public import Annotations
import Extraction
public import Features
public import Files
public import Localization
public import Tensors

/// Finds actions in features: a trained head, its post-processing and the naming of its segments.
public struct SegmentFinder: Sendable {
    /// The head with everything around it.
    public internal(set) var detector: Detector
    /// Names segments by their own features, where that was asked for.
    public let naming: SegmentNaming?
    /// What is odd about what was asked for.
    public let notices: [Notice]

    /// - Parameters:
    ///   - run: the run folder of a trained or imported head.
    ///   - labels: what names the segments.
    ///   - changes: settings that replace those of the run.
    ///   - annotations: of the data set, whose only class names the segments of a class-agnostic head.
    ///   - precision: the arithmetic of the head.
    /// - Throws: `ConfigurationError`, `LocalizationError`, `SViLMError`, `FileError`, `TensorFileError`, `NetworkError` or
    ///   ``ToolkitError``.
    public init(
        run: String, labels: LabelSource = .model, changes: SettingsChanges = .init(),
        annotations: AnnotationSet? = nil, precision: ComputePrecision = .float32
    ) throws {
        let folder = RunFolder(run)
        detector = try Detector(
            naming: folder.load(changes, labels: labels), annotations: annotations,
            allowsNameless: labels.allowsNameless
        ).computing(in: precision)
        var notices: [Notice] = []
        naming = try labels.naming(for: folder, notices: &notices)
        self.notices = notices
    }

    /// The detections of one video, best first.
    ///
    /// - Throws: `LocalizationError`, or what names the segments throws.
    public func detections(in features: FeatureSequence) throws -> [Detection] {
        try find(in: features, keepsCurves: false).detections
    }

    /// The detections of one video, best first, and how the scores of the head run over the time.
    ///
    /// - Parameters:
    ///   - features: of the video.
    ///   - keepsCurves: whether the scores over time are wanted.
    /// - Returns: the scores as `[time, classes]`; nil where the video has no features or nobody wants them.
    /// - Throws: as ``detections(in:)``.
    public func find(
        in features: FeatureSequence, keepsCurves: Bool
    ) throws -> (detections: [Detection], curves: FeatureSequence?) {
        let (raw, curves) = try detector.response(to: features, keepsCurves: keepsCurves)
        guard let naming else { return (try detector.detections(from: raw), curves) }
        return (try detector.detections(from: raw, features: features, naming: naming), curves)
    }

    /// Whether so many features need not be in memory at once.
    func seesInWindows(length: Int) -> Bool { naming == nil && detector.seesInWindows(length: length) }

    /// The same of a video whose features were just computed.
    ///
    /// - Throws: as ``detections(in:)``, or `FileError`.
    func find(
        in video: VideoInput, _ gathered: GatheredFeatures, grid: SnippetGrid, durationSeconds: Double,
        origin: FeatureOrigin, keepsCurves: Bool
    ) throws -> (detections: [Detection], curves: FeatureSequence?) {
        guard gathered.isInFile else {
            let sequence = FeatureSequence(
                video: video.id, features: gathered.tensor, grid: grid, durationSeconds: durationSeconds,
                origin: origin, path: video.path)
            return try find(in: sequence, keepsCurves: keepsCurves)
        }
        let header = FeatureHeader(
            length: gathered.count, channels: gathered.channels, grid: grid, durationSeconds: durationSeconds)
        try detector.model.features.check(header, origin: origin, video: video.id, file: video.path)
        let raw = try detector.rawProposals(of: video.id, header) { try gathered.rows($0) }
        return (try detector.detections(from: raw), nil)
    }
}

extension RunFolder {
    /// Reads the model with changed settings.
    ///
    /// - Throws: as ``load(overlays:overrides:adjust:)``.
    func load(_ changes: SettingsChanges, labels: LabelSource = .model) throws -> TrainedModel {
        try load(overlays: changes.files, overrides: changes.assignments) { settings in
            if case .videoScores(let path) = labels { settings.postProcessing.fusion.scores = path }
            try changes.adjust?(&settings)
        }
    }
}
