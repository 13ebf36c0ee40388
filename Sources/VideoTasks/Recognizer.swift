public import Annotations
import Configuration
import Files
import Foundation
public import Networks
public import SViLM
public import Tensors
public import Video

/// Says what a whole video shows: a video encoder with a linear classifier on the mean of its features.
public struct Recognizer: Sendable {
    public let encoder: VideoEncoder
    /// Sorted; scores are in this order.
    public let labels: [String]
    /// How videos are opened.
    public var decoderOptions = DecoderOptions()
    private let classifier: FeatureClassifier

    private enum FileName {
        static let labels = "labels.txt"
        static let classifier = "classifier.safetensors"
    }

    /// An encoder as it is, with a classifier that was fitted to its features.
    public init(_ encoder: VideoEncoder, probe: LinearProbe) {
        self.init(encoder: encoder, labels: probe.labels, classifier: probe.classifier)
    }

    private init(encoder: VideoEncoder, labels: [String], classifier: FeatureClassifier) {
        self.encoder = encoder
        self.labels = labels
        self.classifier = classifier
    }

    /// Scores of the labels for features of whole videos, `[videos, labels]`; rows add up to 1.
    public func scores(_ features: Tensor) -> Tensor { classifier(features).softmax() }

    /// The feature of each video, or why it cannot be read.
    public func features(
        of paths: [String], progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> [Result<Tensor, any Error>] {
        WholeVideoEncoder(encoder, decoderOptions: decoderOptions).encode(paths.map { ($0, nil) }, progress: progress)
            .map { $0.map(\.feature) }
    }

    /// The accuracy on labelled videos, which are encoded again; unreadable videos are left out.
    public func accuracy(on videos: [LabelledVideos.Item]) -> RecognitionAccuracy {
        let results = features(of: videos.map(\.path))
        let rows = results.compactMap { try? $0.get() }
        let wanted = zip(videos, results).compactMap { item, result in (try? result.get()).map { _ in item.label } }
        return RecognitionAccuracy(
            scores: rows.isEmpty ? .zeros([0, labels.count]) : scores(.stacked(rows)), labels: labels, wanted: wanted)
    }

    /// The result of an epoch of fine-tuning.
    public struct EpochReport: Sendable {
        /// From 1; 0 for the encoder as it was.
        public var epoch: Int
        public var loss: Double
        /// Top-1 on the validation videos.
        public var accuracy: Double
        /// Videos that could not be read.
        public var skipped: Int
    }

    /// Trains encoder and classifier together, one random clip of a video at a time, and keeps what is best on the
    /// validation videos. Both are changed in place.
    ///
    /// - Parameters:
    ///   - training: those whose label the classifier does not have are left out.
    ///   - validation: chooses the epoch.
    ///   - settings: how both are trained.
    ///   - seed: of the random clips and their order.
    ///   - report: called after each epoch.
    /// - Throws: `NetworkError.diverged`
    public func fineTune(
        on training: [LabelledVideos.Item], validation: [LabelledVideos.Item], settings: FineTuningSettings,
        seed: UInt64,
        report: (EpochReport) -> Void = { _ in }
    ) throws(NetworkError) {
        let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        let usable = training.filter { numbers[$0.label] != nil }
        let encoder = encoder, classifier = classifier
        let reader = ClipReader(encoder.configuration, decoderOptions: decoderOptions)
        let tuning = FineTuning(
            settings: settings, encoder: encoder.namedParameters(),
            head: classifier.namedParameters().filter(\.parameter.isTrainable))
        _ = try tuning.run(
            count: usable.count, seed: seed,
            loss: { sample, draw, tape in
                let item = usable[sample]
                guard let clip = try? reader.tubelets(of: item.path, place: draw.uniform()) else { return nil }
                let logits = classifier(encoder.features(encoder(tape.constant(.stacked([clip])))))
                return logits.crossEntropy(with: [numbers[item.label] ?? 0])
            },
            score: { accuracy(on: validation).top1 },
            report: { report(EpochReport(epoch: $0.epoch, loss: $0.loss, accuracy: $0.score, skipped: $0.skipped)) })
    }

    // MARK: - Folders

    /// Writes encoder, classifier and labels into a folder.
    ///
    /// - Throws: `SViLMError`, `ConfigurationError` or `TensorFileError`.
    public func save(to folder: String) throws {
        func path(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
        try DurableFile.makeFolders(folder)
        let lock = try FolderLock(folder: folder)
        defer { lock.removeFile() }
        // A folder without the classifier cannot be read: a kill leaves no parts of two models.
        try DurableFile.remove(path(FileName.classifier))
        try VideoLanguageModel.save(encoder, to: folder)
        try VideoLanguageModel.write(labels.map { $0 + "\n" }.joined(), to: path(FileName.labels))
        try Weights.save(classifier, to: path(FileName.classifier))
    }

    /// Reads a folder that ``save(to:)`` wrote.
    ///
    /// - Throws: `SViLMError`, `ConfigurationError`, `TensorFileError` or `NetworkError`.
    public static func load(from folder: String) throws -> Recognizer {
        func path(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
        guard let text = try? String(contentsOfFile: path(FileName.labels), encoding: .utf8) else {
            throw FileError.malformed(
                path: folder, problem: "holds no labels (\(FileName.labels)), so it is no folder of a recognizer")
        }
        let labels = TextLines.split(text).filter { !$0.isEmpty }.map(String.init)
        let encoder = try EncoderFile.load(
            configuration: path(VideoLanguageModel.FileName.encoderConfiguration),
            weights: path(VideoLanguageModel.FileName.encoderWeights), seed: 0)
        let classifier = FeatureClassifier(
            Standardization(channels: encoder.configuration.featureChannels), classes: labels.count)
        try Weights.load(classifier, from: path(FileName.classifier))
        return Recognizer(encoder: encoder, labels: labels, classifier: classifier)
    }
}
