public import Annotations
import Configuration
public import Features
import Files
import Foundation
public import Networks
public import Tensors

/// Classifies segments and whole videos with a linear classifier on stored features.
///
/// It learns from annotated segments. A segment is the mean of its feature vectors, each weighted by the fraction of its window
/// inside the segment. A whole video is scored by every vector alone: the score of a class is the mean of its highest eighth of
/// probabilities, so that an action may take a small part of the video.
public struct SegmentClassifier: Sendable {
    /// Sorted; scores are in this order.
    public let labels: [String]
    /// The features it takes.
    public let features: FeatureContract
    private let classifier: FeatureClassifier
    /// The highest probabilities that count for a whole video: one in this many.
    private static let wholeVideoPart = 8

    private enum FileName {
        static let labels = "labels.txt"
        static let features = "features.yaml"
        static let classifier = "classifier.safetensors"
    }

    /// Learns from annotated segments.
    ///
    /// - Parameters:
    ///   - annotations: of the videos to learn from; those without features are left out.
    ///   - ignored: labels that are not classes.
    ///   - source: features of these videos.
    ///   - steps: of the fit, at least 1.
    /// - Returns: the classifier, and how many segments of how many videos it learnt from.
    /// - Throws: ``LocalizationError/nothingToTrain(subset:path:)``, or `FeatureError`.
    public static func fit(
        _ annotations: AnnotationSet, ignoring ignored: [String] = [], features source: any FeatureSource,
        steps: Int = LinearProbe.Settings().steps
    ) throws -> (classifier: SegmentClassifier, segmentCount: Int, videoCount: Int) {
        let known = Set(source.videos), ignored = Set(ignored)
        var rows: [Tensor] = [], labels: [String] = [], videos: [String] = []
        for video in annotations.videos where known.contains(video.id) {
            let actions = video.segments.filter { $0.segment.duration > 0 && !ignored.contains($0.label) }
            guard !actions.isEmpty else { continue }
            let sequence = try source.sequence(for: video.id)
            guard sequence.length > 0 else { continue }
            rows.append(SegmentMean.of(sequence.features, segments: actions.map(\.segment), grid: sequence.grid))
            labels += actions.map(\.label)
            videos.append(video.id)
        }
        guard !rows.isEmpty else {
            throw LocalizationError.nothingToTrain(subset: annotations.videos.first?.subset ?? "", path: source.path)
        }
        let contract = try FeatureContract(of: source, videos: videos)
        var settings = LinearProbe.Settings()
        settings.steps = steps
        let probe = try LinearProbe(features: .concatenated(rows, axis: 0), labels: labels, settings: settings)
        return (
            SegmentClassifier(labels: probe.labels, features: contract, classifier: probe.classifier), labels.count,
            videos.count
        )
    }

    private init(labels: [String], features: FeatureContract, classifier: FeatureClassifier) {
        self.labels = labels
        self.features = features
        self.classifier = classifier
    }

    /// One probability of each label for each segment, `[segments, labels]`.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func scores(of segments: [Segment], in sequence: FeatureSequence) throws(LocalizationError) -> Tensor {
        try features.check(sequence)
        return classifier(SegmentMean.of(sequence.features, segments: segments, grid: sequence.grid)).softmax()
    }

    /// One score of each label for a whole video.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func videoScores(of sequence: FeatureSequence) throws(LocalizationError) -> [Double] {
        try features.check(sequence)
        guard sequence.length > 0 else { return labels.map { _ in 0 } }
        let probabilities = classifier(sequence.features).softmax()
        let (time, classes) = (probabilities.shape[0], probabilities.shape[1]), values = probabilities.elements
        let count = max(1, time / Self.wholeVideoPart)
        return (0..<classes).map { label in
            let best = (0..<time).map { values[$0 * classes + label] }.sorted(by: >).prefix(count)
            return Double(best.reduce(0, +)) / Double(count)
        }
    }

    /// The naming of a head's segments by this classifier.
    ///
    /// - Parameter topLabels: each segment is given to this many best labels.
    public func naming(topLabels: Int) -> SegmentNaming {
        SegmentNaming(labels: labels, topLabels: topLabels) { segments, features in
            try scores(of: segments, in: features)
        }
    }

    // MARK: - Folders

    /// Writes classifier, labels and what the features must be into a folder.
    ///
    /// - Throws: ``LocalizationError``, `ConfigurationError` or `FileError`, also where another process writes there.
    public func save(to folder: String) throws {
        let run = RunFolder(folder)
        guard !run.isUsed else {
            throw LocalizationError.runFolder(path: folder, problem: "holds a run already; choose another folder")
        }
        let lock = try run.lock()
        defer { lock.removeFile() }
        // A folder without weights is none of a classifier: a kill leaves no weights among the labels of others.
        try DurableFile.remove(run.file(FileName.classifier))
        try LabelFile.write(labels, to: run.file(FileName.labels))
        try run.write(Data(try ConfigurationFile.encode(features).utf8), to: run.file(FileName.features))
        try Weights.save(classifier, to: run.file(FileName.classifier))
    }

    /// Reads a folder that ``save(to:)`` wrote.
    ///
    /// - Throws: ``LocalizationError``, `ConfigurationError`, `TensorFileError` or `NetworkError`.
    public static func load(from folder: String) throws -> SegmentClassifier {
        let run = RunFolder(folder)
        guard FileManager.default.fileExists(atPath: run.file(FileName.classifier)) else {
            throw LocalizationError.runFolder(
                path: folder,
                problem: "holds no classifier of segments (there is no \(FileName.classifier))")
        }
        let labels = try LabelFile.read(run.file(FileName.labels))
        let features = try ConfigurationFile.load(FeatureContract.self, from: run.file(FileName.features))
        let classifier = FeatureClassifier(Standardization(channels: features.channels), classes: labels.count)
        try Weights.load(classifier, from: run.file(FileName.classifier))
        return SegmentClassifier(labels: labels, features: features, classifier: classifier)
    }
}
