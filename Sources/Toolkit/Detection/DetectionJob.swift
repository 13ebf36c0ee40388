public import Annotations
import Extraction
import Features
import Files
import Foundation
import Localization
public import Tensors
public import Video

/// Detects actions in many videos, or in features that were extracted before.
public struct DetectionJob: Sendable {
    /// What the actions are found in.
    public enum Input: Sendable {
        /// Video files, folders to search through, or `@FILE` lists.
        case videos([String], encoder: ActionDetector.Encoder)
        /// Feature files or folders whose channels are joined.
        case features([String], annotations: [String], subset: String?)
    }

    /// What was found.
    public struct Report: Sendable {
        /// By video id, best first.
        public var detections: [String: [Detection]] = [:]
        public var batch = BatchReport()
    }

    /// The run folder.
    public var run: String
    public var input: Input
    public var labels = LabelSource.model
    public var changes = SettingsChanges()
    public var precision = ComputePrecision.float32
    /// Findings about the data that do not stop the detection.
    public var allowed: Set<DataFinding.Kind> = []
    /// How many pictures make a second, where folders of pictures are to be read as videos.
    public var pictureRate: FrameRate?
    /// What a manifest says of the data set: the grid of features without one, and the subset to detect in where none is given.
    public var dataset: DatasetDefaults?
    /// Keeps the proposals before suppression in this file; only with features and the labels of the head.
    public var rawProposals: String?

    public init(run: String, input: Input) {
        self.run = run
        self.input = input
    }

    /// Detects.
    ///
    /// - Throws: what keeps the whole job from its work; what concerns one video is in the report.
    public func run(_ events: JobEvents = .none) throws -> Report {
        switch input {
        case .videos(let paths, let encoder): try detect(inVideos: paths, encoder: encoder, events)
        case .features(let paths, let annotations, let subset):
            try detect(inFeatures: paths, annotations: annotations, subset: subset, events)
        }
    }

    private func detect(inVideos paths: [String], encoder: ActionDetector.Encoder, _ events: JobEvents) throws -> Report
    {
        let detector = try ActionDetector(
            run: run, labels: labels, changes: changes, encoder: encoder, precision: precision)
        for notice in detector.finder.notices { events.notice(notice) }
        if detector.usesRandomWeights {
            let configuration = try encoder.configuration ?? RunFolder(run).encoderFiles().configuration
            events.notice("random-weights", EncoderChoice.randomWeights(configuration))
        }
        var report = Report()
        let inputs = VideoInputs(paths, pictureRate: pictureRate)
        for failure in inputs.failures { report.batch.fail(failure.input, failure.error) }
        events.stage("detect", unit: "videos", total: inputs.videos.count) { stage in
            for (index, video) in inputs.videos.enumerated() {
                stage.update(completed: Double(index), detail: video.id)
                do {
                    let result = try detector.detect(in: video)
                    for warning in result.warnings { events.notice("video", "\(video.path): \(warning)") }
                    report.detections[video.id] = result.detections
                    report.batch.succeed()
                } catch {
                    report.batch.fail(video.path, error)
                }
            }
            stage.update(completed: Double(inputs.videos.count))
        }
        return report
    }

    private func detect(
        inFeatures paths: [String], annotations: [String], subset: String?, _ events: JobEvents
    ) throws -> Report {
        let truth = annotations.isEmpty ? nil : try AnnotationSet.reading(annotations)
        let subset = subset ?? truth.flatMap { dataset?.subsets(of: $0).evaluated }
        let finder = try SegmentFinder(
            run: run, labels: labels, changes: changes, annotations: truth, precision: precision)
        for notice in finder.notices { events.notice(notice) }
        if let truth {
            for gap in finder.detector.videoScores?.gaps(videos: [], labels: truth.labels) ?? [] {
                events.notice("class-scores", gap)
            }
        }
        var report = Report()
        let source = try FeatureSelection.open(
            paths, annotations: truth, grid: dataset?.grid, events: events)
        if let truth {
            var check = DataCheck(truth, features: source)
            check.evaluatedSubset = subset
            check.allowed = allowed
            try check.run(events)
        }
        let selection = FeatureSelection(
            source,
            annotations: try subset.flatMap { try truth?.subset($0) } ?? truth,
            // Annotations often cover more than was extracted; a subset that was asked for should be complete.
            isComplete: subset != nil)
        for video in selection.missing { report.batch.fail(video, reason: "no features in \(selection.source.path)") }
        let results = try events.stage("detect", unit: "videos", total: selection.videos.count) { stage in
            try detections(finder, in: selection, progress: stage.handler)
        }
        for (video, result) in zip(selection.videos, results) {
            do {
                report.detections[video] = try result.get()
                report.batch.succeed()
            } catch {
                report.batch.fail(video, error)
            }
        }
        return report
    }

    private func detections(
        _ finder: SegmentFinder, in selection: FeatureSelection, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws -> [Swift.Result<[Detection], any Error>] {
        guard let rawProposals else {
            return finder.detector.detections(
                of: selection.videos, in: selection.source, durations: selection.durations, naming: finder.naming,
                progress: progress)
        }
        let writer = try RawProposalWriter(finder.detector.model, path: rawProposals)
        let results = try finder.detector.detections(
            of: selection.videos, in: selection.source, durations: selection.durations, keepingRawIn: writer,
            progress: progress)
        try writer.finish()
        return results
    }
}
