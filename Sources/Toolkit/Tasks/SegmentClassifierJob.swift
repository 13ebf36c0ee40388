import Annotations
import Features
import Localization
import Networks

/// Trains a classifier on annotated segments of untrimmed videos, from stored features, and scores videos with it.
public struct SegmentClassifierJob: Sendable {
    /// What was learnt.
    public struct Report: Sendable {
        /// Segments that were learnt from.
        public var segmentCount: Int
        public var labels: [String]
        public var batch = BatchReport()
    }

    /// Feature files or folders whose channels are joined.
    public var features: [String]
    public var annotations: String
    /// The subset to learn from.
    public var subset = "training"
    /// Labels that are no actions.
    public var ignoredLabels: [String] = []
    /// Steps of fitting the classifier.
    public var steps = LinearProbe.Settings().steps
    /// Where to write the scores of the classes for every video with features (JSON).
    public var scores: String?
    /// The folder to keep the classifier in.
    public var output: String?

    public init(features: [String], annotations: String) {
        self.features = features
        self.annotations = annotations
    }

    /// - Throws: `FileError`, `FeatureError`, `LocalizationError`, `ConfigurationError` or `TensorFileError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        let truth = try AnnotationSet.reading([annotations]).subset(subset)
        let source = try FeatureSelection.open(features, annotations: truth, events: events)
        let (classifier, segmentCount, videoCount) = try SegmentClassifier.fit(
            truth, ignoring: ignoredLabels, features: source, steps: steps)
        var report = Report(segmentCount: segmentCount, labels: classifier.labels)
        if let output { try classifier.save(to: output) }
        guard let scores else {
            report.batch.succeed(videoCount)
            return report
        }
        var found: [String: [Double]] = [:]
        events.stage("classify", unit: "videos", total: source.videos.count) { stage in
            for (index, video) in source.videos.enumerated() {
                do {
                    found[video] = try classifier.videoScores(of: source.sequence(for: video, durations: [:]))
                    report.batch.succeed()
                } catch {
                    report.batch.fail(video, error)
                }
                stage.update(completed: Double(index + 1))
            }
        }
        if !found.isEmpty {
            try VideoClassScores(path: scores, classes: classifier.labels, scores: found).write(to: scores)
        }
        return report
    }
}
