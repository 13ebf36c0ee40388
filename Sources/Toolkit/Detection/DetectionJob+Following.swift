public import Annotations
import Extraction
import Files
import Localization
public import Threads
import Video

extension DetectionJob {
    /// Detects in a video while it is being recorded or sent; see ``LiveDetector``. The input of the job is one video.
    ///
    /// - Parameters:
    ///   - patienceSeconds: how long a file may stay as long as it is before the recording has ended.
    ///   - events: receives notices.
    ///   - cancellation: asks the work to end; what was found is written then too.
    ///   - found: called with each detection as soon as it is decided.
    /// - Throws: what keeps the job from its work, or what the video's errors are.
    public func follow(
        patienceSeconds: Double = LiveDetector.usualPatienceSeconds, _ events: JobEvents = .none,
        cancellation: CancellationFlag = CancellationFlag(),
        found: (Detection) throws -> Void
    ) throws -> Report {
        guard case .videos(let paths, let encoder) = input else {
            preconditionFailure("following needs a video")
        }
        let videos = VideoInputs(paths)
        if let failure = videos.failures.first { throw failure.error }
        guard let video = videos.videos.first, videos.videos.count == 1 else {
            throw ToolkitError.oneVideo(count: videos.videos.count)
        }
        var target = try output.map { try ResultOutput($0, format: format) }
        try target?.check()
        var live = try LiveDetector(openDetector(encoder, events))
        live.selection = selection
        live.patienceSeconds = patienceSeconds
        var report = Report()
        report.videoCount = 1
        var detections: [Detection] = []
        let summary = try live.run(
            video, cancellation: cancellation,
            started: { latency in
                let seconds = (latency * 10).rounded() / 10
                events.message("\(video.path): an action is reported at most \(seconds) s of video after its middle")
            },
            found: { detection in
                detections.append(detection)
                try found(detection)
            })
        for warning in summary.warnings { events.notice("video", "\(video.path): \(warning)") }
        report.detections[video.id] = detections
        report.wasInterrupted = summary.wasInterrupted
        report.batch.succeed()
        target?.options.rates[video.id] = summary.info.averageFrameRate.framesPerSecond
        try finish(&report, to: target)
        // What was found before stays, but there is more to find.
        if let problem = summary.problem { report.batch.fail(video.id, problem) }
        return report
    }
}
