public import Annotations
import Extraction
public import Files
import Foundation
public import Threads
public import Toolkit
import Video

/// Writes videos with a timeline below the picture: bars of what is true and of what was found, the moment that is shown, and
/// what is named at that moment. Sound is copied.
public struct AnnotatedVideoJob: Sendable {
    /// What was written.
    public struct Report: Sendable {
        /// Of videos.
        public var batch = BatchReport()
        public var files: [String] = []
        public var frameCount = 0
        public var notices: [Notice] = []
        /// Whether the job ended early because it was asked to; the video under way was not written.
        public var wasInterrupted = false
    }

    /// Videos with the segments that are shown: detections where they have scores.
    public var videos: SegmentVideos
    /// A file that ends in .mp4, .m4v, .mov or .mkv; a folder for several videos.
    public var target: String
    /// What is true of the videos, a track of its own.
    public var groundTruth: AnnotationSet?
    /// Which of the segments that have scores are drawn.
    public var selection = DetectionSelection()
    /// Whether files that exist are replaced; where not, they are failures.
    public var replaces = false

    /// Narrower pictures are enlarged, so that the texts can be read.
    private static let leastWidth = 480

    public init(_ videos: SegmentVideos, target: String) {
        self.videos = videos
        self.target = target
    }

    /// Checks, before any work, that a target can be written; makes nothing.
    ///
    /// - Parameters:
    ///   - target: a file or a folder.
    ///   - replaces: whether files that exist are replaced.
    /// - Throws: `FileError`.
    public static func check(_ target: String, replaces: Bool) throws(FileError) {
        try VideoTargets.check(target, replaces: replaces)
    }

    /// Writes the videos.
    ///
    /// - Parameters:
    ///   - events: receives progress.
    ///   - cancellation: asks the work to end.
    /// - Throws: `FileError` where the target does not suit the videos; what concerns one video is in the report.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        var report = Report()
        report.batch = videos.begun()
        var targets = try VideoTargets(target, usual: "mp4", count: videos.items.count, replaces: replaces)
        let truths = Dictionary((groundTruth?.videos ?? []).map { ($0.id, $0.segments) }) { $0 + $1 }
        let shown = videos.items.flatMap { $0.segments + (truths[$0.video.id] ?? []) }
        let labels = groundTruth.map { Set($0.labels) } ?? []
        let known = labels.union(shown.map(\.label)).sorted()
        var hidden = Notice("annotated-hidden", "segments have no bar, since too many share one time")
        var silent = Notice("annotated-sound", "videos have no sound, which the container cannot hold")
        events.stage("annotated", unit: "videos", total: videos.items.count) { stage in
            for (index, item) in videos.items.enumerated() {
                do {
                    try cancellation.check()
                    let path = try targets.file(for: item.video)
                    var tracks: [TimelineStrip.Track] = []
                    if groundTruth != nil {
                        tracks.append(.init(name: "truth", segments: truths[item.video.id] ?? [], hasScores: false))
                    }
                    let isFound = item.segments.contains { $0.score != nil }
                    let segments = isFound ? selection.chosen(item.segments) : item.segments
                    tracks.append(
                        .init(
                            name: isFound || groundTruth != nil ? "found" : "labels", segments: segments,
                            hasScores: isFound))
                    let done = try write(item.video, tracks, known, to: path, cancellation) { share in
                        stage.update(completed: Double(index) + share, detail: item.video.id)
                    }
                    for warning in done.warnings {
                        report.notices.append(Notice("video", "\(item.video.path): \(warning)"))
                    }
                    for _ in 0..<done.hidden { hidden.add(item.video.id) }
                    if done.lostSound { silent.add(item.video.id) }
                    report.frameCount += done.frames
                    report.files.append(path)
                    report.batch.succeed()
                } catch is WorkInterrupted {
                    report.wasInterrupted = true
                    return
                } catch {
                    report.batch.fail(item.video.id, error)
                }
            }
            stage.update(completed: Double(videos.items.count))
        }
        report.notices += [hidden, silent].filter { $0.count > 0 }
        return report
    }

    private struct Done {
        var frames = 0
        var hidden = 0
        var lostSound = false
        var warnings: [VideoWarning] = []
    }

    private func write(
        _ video: VideoInput, _ tracks: [TimelineStrip.Track], _ labels: [String], to path: String,
        _ cancellation: CancellationFlag, progress: (Double) -> Void
    ) throws -> Done {
        let decoder = try VideoDecoder(
            path: video.path,
            options: DecoderOptions(threads: DecoderOptions.fastestThreads, pictureRate: video.pictureRate))
        let info = decoder.info
        let ends = tracks.flatMap(\.segments).map(\.segment.end).filter(\.isFinite)
        let declared = info.durationSeconds.flatMap { $0 > 0 && $0.isFinite ? $0 + decoder.timing.start : nil }
        let duration = declared ?? max(1, ends.max() ?? 1)
        let width = max(Self.leastWidth, info.width & ~1)
        let enlarged = Double(width) / Double(max(1, info.width))
        let pictureHeight = max(2, Int((Double(info.height) * enlarged).rounded()) & ~1)
        let strip = TimelineStrip(tracks, labels: labels, duration: duration, width: width)
        var canvas = RGBImage(width: width, height: pictureHeight + strip.height, red: 0, green: 0, blue: 0)
        let writer = try VideoWriter(
            path: path, width: canvas.width, height: canvas.height, frameRate: info.averageFrameRate.writable,
            options: WriterOptions(rateFactor: 20, threads: Parallel.threads), soundOf: decoder)
        let scaler = FrameScaler(shape: .native)
        var done = Done(hidden: strip.hiddenCount, lostSound: !writer.soundLeftOut.isEmpty)
        repeat {
            try cancellation.check()
            let image = try decoder.image(using: scaler), seconds = decoder.timing.start
            if image.width == width, image.height == pictureHeight {
                canvas.place(image, x: 0, y: 0)
            } else {
                var raster = Raster(width: Double(width), height: Double(pictureHeight), scale: 1)
                raster.picture(image, x: 0, y: 0, width: Double(width), height: Double(pictureHeight))
                canvas.place(raster.image, x: 0, y: 0)
            }
            canvas.place(strip.image(at: seconds, of: duration), x: 0, y: pictureHeight)
            try writer.append(canvas, at: seconds)
            done.frames += 1
            progress(min(1, seconds / duration))
        } while decoder.advance()
        try writer.finish()
        done.warnings = decoder.warnings
        return done
    }
}
