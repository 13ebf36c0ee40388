import Annotations
import ArgumentParser
import Files
import Reports
import Toolkit
import Video

/// The options of commands that make videos of segments.
struct VideoOutputOptions: ParsableArguments {
    @Option(
        name: .customLong("videos"),
        help: .value(
            "dir|file",
            "The videos, where the input is none: files, folders, or @FILE: text with one a line. May be repeated."
        ), completion: .file())
    var videos: [String] = []

    @Option(
        name: .long,
        help: .value(
            "dir",
            """
            Cut each segment into a file VIDEO_START-END_LABEL.mp4 in this folder: packets are copied where that is exact, else frames are \
            encoded anew.
            """), completion: .directory)
    var clips: String?

    @Option(
        name: .long,
        help: .value(
            "file|dir",
            "Copy the video into this .mp4, .m4v, .mov or .mkv with the segments as chapters; a folder for several videos."
        ),
        completion: .file(extensions: VideoChapter.extensions))
    var chapters: String?

    @Option(
        name: .long,
        help: .value(
            "file|dir",
            "Write the video with a timeline of the segments below the picture; a folder for several videos."),
        completion: .file(extensions: VideoChapter.extensions))
    var annotated: String?

    @Flag(name: .long, help: "Replace clips, and videos with chapters or a timeline, that are there.")
    var overwrite = false

    /// Whether any video is wanted.
    var isGiven: Bool { clips != nil || chapters != nil || annotated != nil }

    /// Segments that are drawn of a video, best first, where nobody says it.
    private static let drawnUnasked = 20

    func validate() throws {
        if !videos.isEmpty, !isGiven { throw ValidationError("--videos needs --clips, --chapters or --annotated") }
        if overwrite, !isGiven { throw ValidationError("--overwrite needs --clips, --chapters or --annotated") }
        do {
            try Outputs.checkDistinct([clips, chapters, annotated])
        } catch {
            throw ValidationError("two of --clips, --chapters and --annotated are to write the same files")
        }
    }

    /// Checks, before any work, that all can be written.
    ///
    /// - Throws: `FileError`.
    func check() throws(FileError) {
        if let clips { try ClipJob.check(clips) }
        if let chapters { try ChapterJob.check(chapters, replaces: overwrite) }
        if let annotated { try AnnotatedVideoJob.check(annotated, replaces: overwrite) }
    }

    /// Makes the videos.
    ///
    /// - Parameters:
    ///   - videos: with the segments that were chosen.
    ///   - groundTruth: what is true of them.
    ///   - selection: as it was chosen.
    /// - Returns: what became of each kind.
    /// - Throws: where a target does not suit the videos, and `ExitCode` where a signal asked for the end.
    func write(
        _ videos: SegmentVideos, groundTruth: AnnotationSet?, _ selection: SelectionOptions, on console: Console
    ) throws -> [BatchOutcome] {
        let interruption = Interruption()
        var outcomes: [BatchOutcome] = []
        func take(_ batch: BatchReport, _ notices: [Notice], _ noun: String, interrupted: Bool, _ line: String) throws {
            for notice in notices { console.warn("\(notice)") }
            console.note(line)
            let outcome = BatchOutcome(batch, noun: noun)
            outcomes.append(outcome)
            if interrupted { try interruption.finish(on: console, listing: outcome, "what is finished is kept") }
        }
        if let clips {
            var job = ClipJob(videos, folder: clips)
            job.replaces = overwrite
            let report = try job.run(console.events, cancellation: interruption.flag)
            try take(
                report.batch, report.notices, "clip", interrupted: report.wasInterrupted,
                "\(clips): \(Quantity.text(report.files.count, "clip")), \(report.copied) copied, "
                    + "\(report.encoded) encoded anew")
        }
        if let chapters {
            var job = ChapterJob(videos, target: chapters)
            job.replaces = overwrite
            let report = try job.run(console.events, cancellation: interruption.flag)
            try take(
                report.batch, report.notices, "video", interrupted: report.wasInterrupted,
                "\(chapters): \(Quantity.text(report.files.count, "video")) with "
                    + Quantity.text(report.chapterCount, "chapter"))
        }
        if let annotated {
            var drawn = DetectionSelection()
            if selection.top == nil, selection.minScore == nil { drawn.top = Self.drawnUnasked }
            var job = AnnotatedVideoJob(videos, target: annotated)
            job.groundTruth = groundTruth
            job.selection = drawn
            job.replaces = overwrite
            let report = try job.run(console.events, cancellation: interruption.flag)
            try take(
                report.batch, report.notices, "video", interrupted: report.wasInterrupted,
                "\(annotated): \(Quantity.text(report.files.count, "video")) with a timeline")
        }
        return outcomes
    }
}
