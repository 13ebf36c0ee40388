import Annotations
import ArgumentParser
import Extraction
import Toolkit

extension DetectCommand {
    func validate() throws {
        if videos.isEmpty == features.isEmpty {
            throw ValidationError("give either video files or --features")
        }
        if !features.isEmpty, out == nil, !videoOutputs.isGiven { throw ValidationError("--features needs --out") }
        if raw != nil, features.isEmpty { throw ValidationError("--raw needs --features") }
        if features.isEmpty, !annotations.isEmpty && videoOutputs.annotated == nil || subset != nil {
            throw ValidationError("--annotations and --subset go with --features")
        }
        if features.isEmpty, !videoOutputs.videos.isEmpty {
            throw ValidationError("--videos goes with --features; otherwise the videos are those that are given")
        }
        if !features.isEmpty, videoOutputs.isGiven, videoOutputs.videos.isEmpty {
            throw ValidationError("with --features, --clips, --chapters and --annotated need --videos")
        }
        if !features.isEmpty, encoderOptions.isGiven {
            throw ValidationError("--encoder and --encoder-weights go with videos, not with --features")
        }
        if subset != nil, annotations.isEmpty { throw ValidationError("--subset needs --annotations") }
        if proposals, classScores != nil { throw ValidationError("--proposals and --class-scores exclude each other") }
        if segmentNaming.isGiven, raw != nil {
            throw ValidationError("--raw excludes --labels and --segment-classes")
        }
        if segmentNaming.isGiven, proposals || classScores != nil {
            throw ValidationError("--labels and --segment-classes take the place of --proposals and --class-scores")
        }
        try validateFollowing()
        if format != nil, out == nil { throw ValidationError("--format needs --out") }
        if let out { _ = try ResultOutput(out, format: format) }
    }

    func run() throws {
        try Outputs.check(raw)
        try Outputs.checkDistinct([out, raw, curves])
        try videoOutputs.check()
        let console = consoleOptions.makeConsole()
        threadOptions.apply()
        if followOptions.follow { return try follow(console) }
        let interruption = Interruption()
        let report = try job.run(console.events, cancellation: interruption.flag)
        for line in report.losses.lines { console.warn("\(report.formatTitle) cannot hold: \(line)") }
        if features.isEmpty, out != "-", report.batch.succeeded > 0 {
            print(DetectionText.table(of: report.detections, selectionOptions))
        }
        let outcome = BatchOutcome(report.batch)
        if report.wasInterrupted {
            let kept = report.partial.map { "are kept in \($0)" } ?? "were done, and nothing is kept of them"
            let done = "\(report.batch.succeeded) of \(report.videoCount) videos \(kept)"
            let next = report.partial == nil ? "begin again with" : "go on with"
            try interruption.finish(on: console, listing: outcome, "\(done); \(next): \(CommandLineText.present())")
        }
        try BatchOutcome.finish([outcome] + writeVideos(of: report.detections, on: console), on: console)
    }

    /// What became of the videos that are made of the detections.
    private func writeVideos(of detections: [String: [Detection]], on console: Console) throws -> [BatchOutcome] {
        guard videoOutputs.isGiven else { return [] }
        let inputs = VideoInputs(features.isEmpty ? videos : videoOutputs.videos, pictureRate: videoOptions.fps)
        var found = SegmentVideos(detections, in: inputs)
        // The detection has told of these.
        if features.isEmpty { found.failures = [] }
        let truth = annotations.isEmpty ? nil : try AnnotationSet.reading(annotations)
        return try videoOutputs.write(found, groundTruth: truth, selectionOptions, on: console)
    }
}
