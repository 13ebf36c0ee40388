import Annotations
import ArgumentParser
import Foundation
import Toolkit

/// The options of 'tal detect' for a video that is still being recorded.
struct FollowOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: """
            Read one video while it is recorded or sent, and print each action as soon as it is certain: a file that grows (.mkv, .ts, \
            fragmented .mp4), a pipe such as /dev/stdin, or an address.
            """)
    var follow = false

    @Option(
        name: .long,
        help: .value(
            "s", "With --follow: the recording has ended when the file has not grown for so many seconds (10)."))
    var patience: Double?

    /// Seconds.
    var patienceSeconds: Double { patience ?? LiveDetector.usualPatienceSeconds }

    func validate() throws {
        if patience != nil, !follow { throw ValidationError("--patience needs --follow") }
        guard patienceSeconds >= 0, patienceSeconds <= 1_000_000 else {
            throw ValidationError("--patience must lie between 0 and 1000000 seconds")
        }
    }
}

extension DetectCommand {
    /// What goes with one video that is still being recorded.
    func validateFollowing() throws {
        guard followOptions.follow else { return }
        guard features.isEmpty, videos.count == 1 else { throw ValidationError("--follow takes one video") }
        if videoOutputs.isGiven {
            throw ValidationError("--follow makes no --clips, --chapters or --annotated: its video is not there yet")
        }
        if curves != nil { throw ValidationError("--follow writes no --curves: windows of the video come one by one") }
        if videoOptions.fps != nil { throw ValidationError("--follow takes no folder of pictures") }
        if selectionOptions.top != nil || selectionOptions.order != nil {
            throw ValidationError("--top and --order need the whole video, which --follow does not wait for")
        }
    }

    /// Prints what is found, a line each, while the video lasts.
    func follow(_ console: Console) throws {
        let interruption = Interruption()
        let showsLines = out != "-"
        let report = try job.follow(
            patienceSeconds: followOptions.patienceSeconds, console.events, cancellation: interruption.flag
        ) { detection in
            guard showsLines else { return }
            let times = [detection.segment.start, detection.segment.end].map { ResultText.number($0, 2) }
            print("\(times[0])\t\(times[1])\t\(ResultText.number(detection.score, 3))\t\(detection.label)")
            fflush(nil)
        }
        for line in report.losses.lines { console.warn("\(report.formatTitle) cannot hold: \(line)") }
        let outcome = BatchOutcome(report.batch)
        guard report.wasInterrupted else { return try outcome.finish(on: console) }
        let count = report.detections.values.reduce(0) { $0 + $1.count }
        try interruption.finish(
            on: console, listing: outcome,
            "the \(count) actions of the part that was read are " + (out.map { "in \($0)" } ?? "listed above"))
    }
}
