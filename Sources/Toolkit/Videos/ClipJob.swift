import Annotations
import Extraction
public import Files
import Foundation
public import Threads
import Video

/// Cuts segments out of their videos, a file for each.
public struct ClipJob: Sendable {
    /// What was cut.
    public struct Report: Sendable {
        /// Of clips; a video without a file is one failure.
        public var batch = BatchReport()
        /// Clips whose packets were copied.
        public var copied = 0
        /// Clips whose frames were encoded anew.
        public var encoded = 0
        /// Paths of the clips, in the order of the segments.
        public var files: [String] = []
        public var notices: [Notice] = []
        /// Whether the job ended early because it was asked to.
        public var wasInterrupted = false
    }

    public var videos: SegmentVideos
    /// The folder that the clips go to, made where it is missing.
    public var folder: String
    /// Whether files that exist are replaced; where not, they are failures.
    public var replaces = false

    public init(_ videos: SegmentVideos, folder: String) {
        self.videos = videos
        self.folder = folder
    }

    /// Checks, before any work, that clips can be written into a folder; makes nothing.
    ///
    /// - Throws: `FileError`.
    public static func check(_ folder: String) throws(FileError) { try OutputFolder.check(folder) }

    private struct Cut {
        var item: Int
        var segment: LabelledSegment
        var path: String
        /// In the order of the segments.
        var number: Int
    }

    private enum Outcome: Sendable {
        case done(VideoCutter.Clip)
        case failed(any Error)
        case interrupted
    }

    /// Cuts the clips, several at a time.
    ///
    /// - Parameters:
    ///   - events: receives progress.
    ///   - cancellation: asks the work to end; clips under way are finished.
    /// - Throws: `FileError` where the folder cannot be made; what concerns one clip is in the report.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        var report = Report()
        report.batch = videos.begun()
        let groups = groups()
        let total = groups.reduce(0) { $0 + $1.count }
        if total > 0 { try DurableFile.makeFolders(folder) }
        let results = events.stage("clips", unit: "clips", total: total) { stage in
            let counter = ProgressCounter()
            return Parallel.map(groups.count) { index in
                cut(groups[index], cancellation) { stage.update(completed: Double(counter.next())) }
            }
        }
        var silent = Notice("clips-sound", "clips have no sound, which the container cannot hold")
        var jumping = Notice("clips-times", "clips have no sound, since the times of their videos jump")
        let outcomes = zip(groups, results).flatMap { zip($0, $1) }.sorted { $0.0.number < $1.0.number }
        for (task, outcome) in outcomes {
            switch outcome {
            case .done(let clip):
                report.batch.succeed()
                report.files.append(task.path)
                if clip.isCopy { report.copied += 1 } else { report.encoded += 1 }
                if !clip.soundLeftOut.isEmpty { silent.add(task.path) }
                if clip.lostSound { jumping.add(task.path) }
            case .failed(let error): report.batch.fail((task.path as NSString).lastPathComponent, error)
            case .interrupted: report.wasInterrupted = true
            }
        }
        report.notices = [silent, jumping].filter { $0.count > 0 }
        return report
    }

    /// Clips of one video each that one thread cuts in the order of time.
    private func groups() -> [[Cut]] {
        var names = FileNames(), number = 0, all: [[Cut]] = []
        for (index, item) in videos.items.enumerated() {
            all.append(
                item.segments.map { segment in
                    defer { number += 1 }
                    let span = "\(Self.text(segment.segment.start))-\(Self.text(segment.segment.end))"
                    let name = names.name([item.video.id, span, segment.label], ending: "mp4")
                    let path = (folder as NSString).appendingPathComponent(name)
                    return Cut(item: index, segment: segment, path: path, number: number)
                })
        }
        // Opening a video takes as long as a few frames; few clips at a time share the work evenly.
        let size = min(16, max(1, number / max(1, 4 * Parallel.available)))
        return all.flatMap { tasks in
            let ordered = tasks.sorted {
                ($0.segment.segment.start, $0.number) < ($1.segment.segment.start, $1.number)
            }
            return stride(from: 0, to: ordered.count, by: size).map {
                Array(ordered[$0..<min(ordered.count, $0 + size)])
            }
        }
    }

    private func cut(_ tasks: [Cut], _ cancellation: CancellationFlag, finished: () -> Void) -> [Outcome] {
        var cutter: Swift.Result<VideoCutter, any Error>?
        return tasks.map { task in
            guard !cancellation.isRequested else { return .interrupted }
            defer { finished() }
            do {
                let path = try OutputFolder.free(task.path, replaces: replaces)
                let opened = cutter ?? Result { try open(videos.items[task.item].video) }
                cutter = opened
                let segment = task.segment.segment
                return .done(try opened.get().cut(from: segment.start, to: segment.end, into: path))
            } catch {
                return .failed(error)
            }
        }
    }

    private func open(_ video: VideoInput) throws -> VideoCutter {
        try VideoCutter(path: video.path, decoding: DecoderOptions(pictureRate: video.pictureRate))
    }

    /// Seconds with two decimals.
    private static func text(_ seconds: Double) -> String {
        seconds.isFinite && abs(seconds) < 1e9 ? String(format: "%.2f", seconds) : "none"
    }
}
