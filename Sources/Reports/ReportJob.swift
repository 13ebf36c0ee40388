public import Annotations
import Evaluation
import Extraction
import Files
import Foundation
public import Toolkit
import Video

/// Makes a report of detections, of training runs, or of both.
public struct ReportJob: Sendable {
    /// Files of detections, and folders of training runs.
    public var inputs: [String]
    /// Annotations to compare with, as `EvaluationInputs` takes them; nil shows the detections alone.
    public var groundTruth: String?
    /// The name of a protocol, or its file; nil evaluates at tIoU 0.3 to 0.7 by the plain rule.
    public var protocolName: String?
    /// The subset to evaluate, instead of the protocol's.
    public var subset: String?
    /// A folder with the videos, for pictures along their time.
    public var videos: String?
    /// The tIoU threshold at which single detections are judged; that of the protocol next to 0.5 where nil.
    public var tIoU: Double?
    /// How many bootstrap samples the intervals are made of; 0 leaves them out.
    public var bootstrapSamples = 200
    /// The title; made of the names of the inputs where nil.
    public var title: String?
    /// The most detections of a video and run that are drawn, the best by score.
    public var drawnLimit = 200
    /// Which detections are shown and evaluated.
    public var selection = DetectionSelection()
    /// Whether errors are sorted by what they cost, which takes most of the time.
    var isDiagnosed = true
    /// The most videos that get pictures: the worst and best, and others at even distances.
    public var picturedVideos = 60

    public init(_ inputs: [String], groundTruth: String? = nil) {
        self.inputs = inputs
        self.groundTruth = groundTruth
    }

    /// Reads, evaluates and puts the report together.
    ///
    /// - Throws: `EvaluationError`, `FileError` or `AnnotationsError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        let sorted = try ReportInputs(inputs)
        guard !sorted.detections.isEmpty || !sorted.runs.isEmpty else {
            throw FileError.missing(path: inputs.first ?? "")
        }
        var report = Report(
            title: title ?? (sorted.detections + sorted.runs).map(\.name).joined(separator: ", "),
            date: Date().formatted(.iso8601.year().month().day()), runs: [], labels: [], videos: [],
            drawnLimit: drawnLimit)
        report.training = try sorted.runs.map { ($0.name, try TrainingHistory.epochs(of: $0.path)) }
        var annotations: AnnotationSet?
        if let groundTruth, !sorted.detections.isEmpty {
            annotations = try AnnotationSet.reading(
                [groundTruth], ReadingOptions(labelField: settings().labelField ?? .action))
            report.sources.append(("Annotations", groundTruth))
        }
        for input in sorted.detections {
            report.sources.append(("Predictions", input.path))
            report.runs.append(try run(input, annotations, &report.notices, events))
        }
        Self.list(annotations, in: &report)
        if let videos { addPictures(from: videos, to: &report, events) }
        return report
    }

    private func settings() throws -> EvaluationProtocol {
        if let protocolName { return try .named(protocolName) }
        var settings = EvaluationProtocol()
        settings.name = "plain"
        settings.about = "tIoU 0.3 to 0.7; no protocol was named"
        settings.tiou = [0.3, 0.4, 0.5, 0.6, 0.7]
        return settings
    }

    /// Reads the detections of a file and evaluates them where there is ground truth.
    private func run(
        _ input: ReportInputs.Item, _ annotations: AnnotationSet?, _ notices: inout [Notice], _ events: JobEvents
    ) throws -> Report.Run {
        let settings = try settings()
        let durations = annotations?.videos.compactMap { video in video.duration.map { (video.id, $0) } } ?? []
        var file = try DetectionFile.read(
            input.path, labelField: settings.labelField ?? .action,
            durations: Dictionary(durations) { first, _ in first })
        for oddity in file.oddities { notices.append(Notice("predictions", "\(input.path): \(oddity)")) }
        let count = file.detections.count
        file.detections = selection.applied(to: file.detections)
        if file.detections.count < count {
            notices.append(
                Notice(
                    "selection",
                    "\(input.name): \(file.detections.count) of \(count) detections were chosen; the others count for nothing here"
                ))
        }
        var run = Report.Run(name: input.name, detections: file.detections)
        guard let annotations else { return run }
        var chosen = subset
        if chosen == nil, settings.subset.isEmpty {
            chosen = Self.subset(of: file.detections, in: annotations)
        }
        let evaluator = try Evaluator(annotations, protocol: settings, subset: chosen)
        let matches = try evaluator.match(file.detections)
        var result = matches.result
        for warning in result.warnings { notices.append(Notice("evaluation", "\(input.name): \(warning)")) }
        if bootstrapSamples >= 2 {
            result.intervals = try events.stage("bootstrap", unit: "samples") { stage in
                try matches.intervals(samples: bootstrapSamples, progress: stage.handler)
            }
        }
        let index = try thresholdIndex(result.thresholds)
        run.result = result
        if isDiagnosed { run.diagnosis = try evaluator.diagnose(file.detections) }
        run.verdicts = matches.verdicts(threshold: index)
        run.precisionCurves = Set([0, index, result.thresholds.count - 1]).sorted().map { index in
            (result.thresholds[index], matches.meanPrecision(threshold: index))
        }
        return run
    }

    /// The subset in which all predicted videos lie; nil where there is no such subset.
    private static func subset(of detections: DetectionTable, in annotations: AnnotationSet) -> String? {
        let subsets = Dictionary(annotations.videos.map { ($0.id, $0.subset) }) { first, _ in first }
        let met = Set(detections.videos.compactMap { subsets[$0] })
        return met.count == 1 ? met.first.flatMap { $0.isEmpty ? nil : $0 } : nil
    }

    private func thresholdIndex(_ thresholds: [Double]) throws -> Int {
        let wanted = tIoU ?? 0.5
        let index = thresholds.indices.min { abs(thresholds[$0] - wanted) < abs(thresholds[$1] - wanted) } ?? 0
        if tIoU != nil, abs(thresholds[index] - wanted) > 1e-6 {
            throw EvaluationError.invalidSetting(
                "the tIoU \(wanted) is not among the thresholds of the protocol: "
                    + EvaluationResult.thresholdNames(thresholds).joined(separator: ", "))
        }
        return index
    }

    /// Lists the videos and classes that are shown: those evaluated, then those that have predictions only.
    private static func list(_ annotations: AnnotationSet?, in report: inout Report) {
        var videos: [AnnotatedVideo] = report.runs.compactMap(\.verdicts).first?.videos ?? []
        var known = Set(videos.map(\.id))
        let others = Dictionary(annotations?.videos.map { ($0.id, $0) } ?? []) { first, _ in first }
        for run in report.runs {
            for id in run.detections.videos where known.insert(id).inserted {
                videos.append(others[id] ?? AnnotatedVideo(id: id))
            }
        }
        // A video of unknown length reaches to its last segment.
        var ends: [String: Double] = [:]
        for run in report.runs {
            let table = run.detections
            for row in table.indices where table.ends[row].isFinite {
                let id = table.videos[Int(table.videoIndices[row])]
                ends[id] = max(ends[id] ?? 0, table.ends[row])
            }
        }
        for index in videos.indices where videos[index].duration == nil {
            report.guessedDurations.insert(videos[index].id)
            let last = videos[index].segments.map(\.segment.end).filter(\.isFinite).max() ?? 0
            videos[index].duration = max(last, ends[videos[index].id] ?? 0)
        }
        report.videos = videos
        let evaluated = report.runs.compactMap(\.result).first?.classes.map(\.label)
        var labels = evaluated ?? []
        var seen = Set(labels)
        for label in (annotations?.labels ?? []) + report.runs.flatMap(\.detections.labels).sorted()
        where seen.insert(label).inserted { labels.append(label) }
        report.labels = labels
    }

    /// Adds pictures of some videos; one that cannot be read is a notice.
    private func addPictures(from folder: String, to report: inout Report, _ events: JobEvents) {
        let found = VideoInputs([folder])
        let paths = Dictionary(found.videos.map { ($0.id, $0.path) }) { first, _ in first }
        for failure in found.failures { report.notices.append(Notice("videos", "\(failure.error)")) }
        let chosen = PicturedVideos.choose(from: report, present: Set(paths.keys), limit: picturedVideos)
        if chosen.isEmpty, !report.videos.isEmpty {
            report.notices.append(
                Notice(
                    "videos",
                    "\(folder): none of its \(found.videos.count) videos has an id of the report, such as '\(report.videos[0].id)'"
                ))
        }
        var unreadable: Notice?
        let pictures = events.stage("pictures", unit: "videos", total: chosen.count) { stage in
            chosen.enumerated().compactMap { index, id -> (id: String, files: [[UInt8]], duration: Double?)? in
                defer { stage.update(completed: Double(index + 1), detail: id) }
                guard let path = paths[id] else { return nil }
                do {
                    let (files, duration) = try Thumbnails.pictures(of: path)
                    return (id, files, duration)
                } catch {
                    if unreadable == nil {
                        unreadable = Notice("videos", "no pictures: \(error)", items: [id])
                    } else {
                        unreadable?.add(id)
                    }
                    return nil
                }
            }
        }
        if let unreadable { report.notices.append(unreadable) }
        var durations: [String: Double] = [:]
        for (id, files, duration) in pictures {
            report.thumbnails[id] = files
            durations[id] = duration
        }
        for index in report.videos.indices where report.guessedDurations.contains(report.videos[index].id) {
            let known = durations[report.videos[index].id] ?? 0
            report.videos[index].duration = max(known, report.videos[index].duration ?? 0)
        }
    }
}
