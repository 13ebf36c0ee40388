public import Annotations
import Extraction
import Features
import Files
import Foundation
import Localization
public import Tensors
public import Threads
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
        /// Videos to work on, those that were done before included.
        public var videoCount = 0
        /// Whether the job ended early because it was asked to; ``DetectionJob/output`` was not written then.
        public var wasInterrupted = false
        /// Where the detections of the videos that are done are kept then; the same job goes on from there.
        public var partial: String?
        /// What the format of the output could not hold.
        public var losses = Losses()
        /// The format of the output, for people.
        public var formatTitle = ""
    }

    /// The run folder.
    public var run: String
    public var input: Input
    public var labels = LabelSource.model
    public var changes = SettingsChanges()
    public var precision = ComputePrecision.float32
    /// Findings about the data that do not stop the detection.
    public var allowed: Set<DataFinding.Kind> = []
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?
    /// What a manifest says of the data set: the grid of features without one, and the subset to detect in where none is given.
    public var dataset: DatasetDefaults?
    /// Keeps the proposals before suppression in this file; only with features and the labels of the head.
    public var rawProposals: String?
    /// Writes the scores of the head over the time into this file; see `ScoreCurveFile`.
    public var curves: String?
    /// Where the detections are written, unless there are none. While videos are worked on, those that are done are kept
    /// beside it, and a job with the same model and settings goes on from there.
    public var output: String?
    /// The format of the output; that of its extension where nil.
    public var format: AnnotationFormat?
    /// Which detections are reported and written.
    public var selection = DetectionSelection()

    public init(run: String, input: Input) {
        self.run = run
        self.input = input
    }

    /// Detects.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end; a video under way is left out.
    /// - Throws: what keeps the whole job from its work; what concerns one video is in the report.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        let target = try output.map { try ResultOutput($0, format: format) }
        try target?.check()
        if let curves { try ScoreCurveWriter.check(curves) }
        switch input {
        case .videos(let paths, let encoder):
            return try detect(inVideos: paths, encoder: encoder, to: target, events, cancellation)
        case .features(let paths, let annotations, let subset):
            return try detect(
                inFeatures: paths, annotations: annotations, subset: subset, to: target, events, cancellation)
        }
    }

    /// Takes the selection of what was found, and writes it.
    func finish(_ report: inout Report, to target: ResultOutput?) throws {
        report.detections = report.detections.mapValues(selection.chosen)
        guard var target, report.batch.succeeded > 0 else { return }
        // Only the order is left to be decided, by the format where nobody did.
        target.selection.order = selection.order
        report.losses = try target.write(report.detections).losses
        report.formatTitle = target.format.title
    }

    /// Frame rates and numbers of frames of videos, for a format that counts frames.
    private static func writingOptions(_ videos: [VideoInput]) -> WritingOptions {
        var options = WritingOptions()
        for video in videos {
            let decoderOptions = DecoderOptions(pictureRate: video.pictureRate)
            guard let info = try? VideoDecoder(path: video.path, options: decoderOptions).info else { continue }
            options.rates[video.id] = info.averageFrameRate.framesPerSecond
            options.frameCounts[video.id] = info.declaredFrameCount
        }
        return options
    }

    /// Loads the head and its encoder, and says what is odd about them.
    func openDetector(_ encoder: ActionDetector.Encoder, _ events: JobEvents) throws -> ActionDetector {
        let detector = try ActionDetector(
            run: run, labels: labels, changes: changes, encoder: encoder, precision: precision)
        for notice in detector.finder.notices { events.notice(notice) }
        if detector.usesRandomWeights {
            let configuration = try encoder.configuration ?? RunFolder(run).encoderFiles().configuration
            events.notice("random-weights", EncoderChoice.randomWeights(configuration))
        }
        return detector
    }

    private func detect(
        inVideos paths: [String], encoder: ActionDetector.Encoder, to target: ResultOutput?, _ events: JobEvents,
        _ cancellation: CancellationFlag
    ) throws -> Report {
        let detector = try openDetector(encoder, events)
        var report = Report()
        let inputs = VideoInputs(paths, pictureRate: pictureRate)
        for failure in inputs.failures { report.batch.fail(failure.input, failure.error) }
        report.videoCount = inputs.videos.count
        var target = target
        if inputs.videos.count > 1 { try target?.check(videoCount: inputs.videos.count) }
        if let format = target?.format, format.countsFrames { target?.options = Self.writingOptions(inputs.videos) }
        let journal = try DetectionJournal.open(for: output, identity: identity(of: detector))
        if let journal, journal.wasReplaced {
            events.notice(
                "detections-anew", "\(journal.path): was of another model or other settings; all videos are done again")
        }
        let curves = try curves.map { try ScoreCurveWriter($0, of: detector.finder.detector) }
        try events.stage("detect", unit: "videos", total: inputs.videos.count) { stage in
            for (index, video) in inputs.videos.enumerated() {
                stage.update(completed: Double(index), detail: video.id)
                if let detections = journal?.detections(of: video), curves?.contains(video.id) ?? true {
                    report.detections[video.id] = detections
                    report.batch.succeed()
                    continue
                }
                let result: ActionDetector.Result
                do {
                    try cancellation.check()
                    result = try detector.detect(
                        in: video, keepsCurves: curves != nil, cancellation: cancellation)
                } catch is WorkInterrupted {
                    report.wasInterrupted = true
                    return
                } catch {
                    report.batch.fail(video.path, error)
                    continue
                }
                for warning in result.warnings { events.notice("video", "\(video.path): \(warning)") }
                // Before the journal, which says that nothing of the video is left to do.
                if let scores = result.curves { try curves?.write(scores) }
                try journal?.add(result.detections, of: video)
                report.detections[video.id] = result.detections
                report.batch.succeed()
            }
            stage.update(completed: Double(inputs.videos.count))
        }
        try curves?.close()
        guard !report.wasInterrupted else {
            report.partial = journal?.path
            return report
        }
        try finish(&report, to: target)
        try journal?.remove()
        return report
    }

    private func detect(
        inFeatures paths: [String], annotations: [String], subset: String?, to target: ResultOutput?,
        _ events: JobEvents, _ cancellation: CancellationFlag
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
        let chosen = FeatureSelection(
            source,
            annotations: try subset.flatMap { try truth?.subset($0) } ?? truth,
            // Annotations often cover more than was extracted; a subset that was asked for should be complete.
            isComplete: subset != nil)
        for video in chosen.missing { report.batch.fail(video, reason: "no features in \(chosen.source.path)") }
        report.videoCount = chosen.videos.count
        var target = target
        if chosen.videos.count > 1 { try target?.check(videoCount: chosen.videos.count) }
        for video in truth?.videos ?? [] {
            target?.options.rates[video.id] = video.framesPerSecond
            target?.options.frameCounts[video.id] = video.frameCount
        }
        try target?.checkFrameRates(of: chosen.videos)
        let results = try events.stage("detect", unit: "videos", total: chosen.videos.count) { stage in
            try detections(finder, in: chosen, cancellation, progress: stage.handler)
        }
        guard let results else {
            report.wasInterrupted = true
            return report
        }
        for (video, result) in zip(chosen.videos, results) {
            do {
                report.detections[video] = try result.get()
                report.batch.succeed()
            } catch {
                report.batch.fail(video, error)
            }
        }
        try finish(&report, to: target)
        return report
    }

    /// The detections of each video; nil where the work was asked to end.
    private func detections(
        _ finder: SegmentFinder, in selection: FeatureSelection, _ cancellation: CancellationFlag,
        progress: @escaping @Sendable (Int, Int) -> Void
    ) throws -> [Swift.Result<[Detection], any Error>]? {
        guard rawProposals != nil || curves != nil else {
            let results = finder.detector.detections(
                of: selection.videos, in: selection.source, durations: selection.durations, naming: finder.naming,
                cancellation: cancellation, progress: progress)
            let isPart = results.contains { result in
                if case .failure(let error) = result { error is WorkInterrupted } else { false }
            }
            return isPart ? nil : results
        }
        let raw = try rawProposals.map { try RawProposalWriter(finder.detector.model, path: $0) }
        let curves = try curves.map { try ScoreCurveWriter($0, of: finder.detector) }
        do {
            let results = try finder.detector.detections(
                of: selection.videos, in: selection.source, durations: selection.durations, naming: finder.naming,
                keepingRawIn: raw, curvesIn: curves, cancellation: cancellation, progress: progress)
            try raw?.finish()
            try curves?.close()
            return results
        } catch is WorkInterrupted {
            return nil
        }
    }
}
