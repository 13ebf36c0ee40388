import Annotations
import Extraction
public import Files
import Foundation
public import Threads
import Video

/// Writes copies of videos whose chapters are the segments.
///
/// At one time only one chapter can be. A segment that shares time with a better one of its video is left out; without scores,
/// one that shares time with an earlier one of the list. What no segment covers is a chapter named `–` in containers that know
/// only where chapters begin (mp4, m4v, mov), and no chapter in mkv.
public struct ChapterJob: Sendable {
    /// What was written.
    public struct Report: Sendable {
        /// Of videos.
        public var batch = BatchReport()
        public var files: [String] = []
        /// Chapters that are segments.
        public var chapterCount = 0
        public var notices: [Notice] = []
        /// Whether the job ended early because it was asked to.
        public var wasInterrupted = false
    }

    public var videos: SegmentVideos
    /// A file that ends in .mp4, .m4v, .mov or .mkv; a folder for several videos.
    public var target: String
    /// Whether files that exist are replaced; where not, they are failures.
    public var replaces = false

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

    /// Writes the copies.
    ///
    /// - Parameters:
    ///   - events: receives progress.
    ///   - cancellation: asks the work to end; a video under way is finished.
    /// - Throws: `FileError` where the target does not suit the videos; what concerns one video is in the report.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        var report = Report()
        report.batch = videos.begun()
        // Matroska holds the streams of any video.
        var targets = try VideoTargets(target, usual: "mkv", count: videos.items.count, replaces: replaces)
        var hidden = Notice("chapters-overlap", "segments share time with better ones and are no chapters")
        var streams = Notice(
            "chapters-streams", "videos have streams that the container cannot hold; they are left out")
        events.stage("chapters", unit: "videos", total: videos.items.count) { stage in
            for (index, item) in videos.items.enumerated() {
                stage.update(completed: Double(index), detail: item.video.id)
                guard !cancellation.isRequested else {
                    report.wasInterrupted = true
                    return
                }
                do {
                    let path = try targets.file(for: item.video)
                    let duration = try VideoInfo.header(of: item.video.path).durationSeconds
                    let chosen = Self.chosen(item.segments)
                    let chapters = Self.chapters(
                        chosen, duration: duration, fillsGaps: VideoChapter.lastUntilNext(in: path))
                    let leftOut = try VideoChapter.write(chapters, copying: item.video.path, to: path)
                    for _ in chosen.count..<item.segments.count { hidden.add(item.video.id) }
                    if !leftOut.isEmpty { streams.add("\(item.video.id): \(leftOut.joined(separator: ", "))") }
                    report.chapterCount += chosen.count
                    report.files.append(path)
                    report.batch.succeed()
                } catch {
                    report.batch.fail(item.video.id, error)
                }
            }
            stage.update(completed: Double(videos.items.count))
        }
        report.notices = [hidden, streams].filter { $0.count > 0 }
        return report
    }

    /// The segments that become chapters, in the order of time.
    static func chosen(_ segments: [LabelledSegment]) -> [LabelledSegment] {
        var selection = DetectionSelection()
        selection.excludesOverlap = true
        selection.order = .time
        return selection.chosen(
            segments.filter { $0.segment.start.isFinite && $0.segment.end.isFinite && $0.segment.end > 0 })
    }

    /// Chapters for segments that share no time.
    ///
    /// - Parameters:
    ///   - segments: in the order of time.
    ///   - duration: of the video; what lies behind its end is left out.
    ///   - fillsGaps: whether the time between segments becomes chapters too.
    static func chapters(
        _ segments: [LabelledSegment], duration: Double?, fillsGaps: Bool
    ) -> [VideoChapter] {
        let limit = duration ?? .infinity
        var result: [VideoChapter] = [], last = 0.0
        // Shorter gaps are rounding.
        let shortest = 0.05
        func fill(until time: Double) {
            if fillsGaps, time.isFinite, time - last >= shortest {
                result.append(VideoChapter(start: last, end: time, title: "–"))
            }
        }
        for item in segments {
            let start = max(0, item.segment.start), end = min(limit, item.segment.end)
            guard start < end else { continue }
            fill(until: start)
            result.append(VideoChapter(start: start, end: end, title: item.label))
            last = end
        }
        if !result.isEmpty { fill(until: limit) }
        return result
    }
}
