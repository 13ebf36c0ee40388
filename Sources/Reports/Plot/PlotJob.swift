public import Annotations
import Extraction
import Files
public import Toolkit
import Video

/// Draws timelines of videos, one below the other: pictures along the time, ground truth, and the detections of each run.
public struct PlotJob: Sendable {
    /// Video files, folders to search through, or `@FILE` lists; where there are none, the videos of the detections are drawn
    /// without pictures.
    public var videos: [String]
    /// Files of detections, a track each.
    public var detections: [String]
    /// Annotations to draw and to judge the detections by.
    public var groundTruth: String?
    /// The name of a protocol, or its file, by which detections are judged.
    public var protocolName: String?
    /// The subset to judge, instead of the protocol's.
    public var subset: String?
    /// The tIoU threshold at which detections are judged.
    public var tIoU: Double?
    /// Which detections are drawn.
    public var selection = DetectionSelection()
    /// The most videos that are drawn.
    public var limit = 12
    /// Whether it is as wide as a page (175 mm) and not as a column (85 mm).
    public var isWide = true
    /// The seconds of each video that are drawn; the whole video where nil.
    public var span: ClosedRange<Double>?

    public init(videos: [String], detections: [String], groundTruth: String? = nil) {
        self.videos = videos
        self.detections = detections
        self.groundTruth = groundTruth
    }

    /// Reads, judges and draws.
    ///
    /// - Throws: `EvaluationError`, `FileError`, `AnnotationsError` or `VideoError`.
    public func run(_ events: JobEvents = .none) throws -> TimelinePlot {
        var report = try report(events)
        let inputs = VideoInputs(videos)
        if let failure = inputs.failures.first { throw failure.error }
        let known = Dictionary(report.videos.map { ($0.id, $0) }) { first, _ in first }
        var chosen: [(video: AnnotatedVideo, path: String?)]
        if videos.isEmpty {
            chosen = report.videos.map { ($0, nil) }
        } else {
            chosen = inputs.videos.map { (known[$0.id] ?? AnnotatedVideo(id: $0.id), $0.path) }
            let strangers = inputs.videos.filter { known[$0.id] == nil }.map(\.id)
            if !strangers.isEmpty {
                report.notices.append(
                    Notice("plot-videos", "videos have neither detections nor ground truth", items: strangers))
            }
        }
        guard !chosen.isEmpty else {
            throw FileError.malformed(path: (videos + detections).first ?? "", problem: "there is no video to draw")
        }
        if chosen.count > limit {
            report.notices.append(
                Notice("plot-limit", "the first \(limit) of \(chosen.count) videos are drawn, those after them are not")
            )
            chosen = Array(chosen.prefix(limit))
        }
        var plot = TimelinePlot(report, isWide: isWide, span: span)
        try events.stage("pictures", unit: "videos", total: chosen.count) { stage in
            for (index, item) in chosen.enumerated() {
                var video = item.video
                let strip = try item.path.map {
                    try PictureStrip(of: $0, span: span, width: plot.plotWidth, height: TimelinePlot.stripHeight)
                }
                if let duration = strip?.duration { video.duration = duration }
                plot.add(video, strip)
                stage.update(completed: Double(index + 1), detail: video.id)
            }
        }
        plot.finish()
        return plot
    }

    private func report(_ events: JobEvents) throws -> Report {
        if !detections.isEmpty {
            var job = ReportJob(detections, groundTruth: groundTruth)
            job.protocolName = protocolName
            job.subset = subset
            job.tIoU = tIoU
            job.selection = selection
            job.bootstrapSamples = 0
            job.isDiagnosed = false
            return try job.run(events)
        }
        guard let groundTruth else { throw FileError.missing(path: "detections") }
        let set = try AnnotationSet.reading([groundTruth])
        return Report(
            title: groundTruth, date: "", runs: [], labels: set.labels, videos: set.videos, drawnLimit: 0)
    }
}
