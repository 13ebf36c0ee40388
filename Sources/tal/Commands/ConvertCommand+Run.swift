import Annotations
import ArgumentParser
import Extraction
import Files
import Toolkit

extension ConvertCommand {
    func validate() throws {
        if inputs.isEmpty { throw ValidationError("name at least one file") }
        if let fps, !(fps > 0 && fps.isFinite) {
            throw ValidationError("--annotations-fps must be above 0, not \(fps)")
        }
        guard let out else {
            guard videoOutputs.isGiven else {
                throw ValidationError("name what to write: --out, --clips, --chapters or --annotated")
            }
            guard target == nil else { throw ValidationError("--to needs --out") }
            return try validateVideoOutputs()
        }
        if target?.isOfFeatures != true { _ = try ResultOutput(out, format: target?.format) }
        try validateVideoOutputs()
    }

    private func validateVideoOutputs() throws {
        if videoOutputs.isGiven, target?.isOfFeatures == true {
            throw ValidationError("--clips, --chapters and --annotated need segments, not features")
        }
        if videoOutputs.isGiven, videoOutputs.videos.isEmpty {
            throw ValidationError("--clips, --chapters and --annotated need --videos")
        }
        if !groundTruth.isEmpty, videoOutputs.annotated == nil {
            throw ValidationError("--annotations needs --annotated")
        }
    }

    func run() throws {
        let console = consoleOptions.makeConsole()
        if case .features(let layout) = target, let out { return try convertFeatures(to: layout, out, on: console) }
        try videoOutputs.check()
        let reading = ReadingOptions(
            format: from, framesPerSecond: fps, labelField: label, unit: unit,
            groupColumn: videoTable == nil ? splitOptions.splitBy : nil)
        var set = try AnnotationSet.reading(inputs, reading, acceptsPredictions: true)
        if let videoTable { set = try set.completed(byTable: videoTable, groupColumn: splitOptions.splitBy) }
        for oddity in set.oddities { console.note("note: \(oddity)") }
        if set.layout == .epicKitchens, label == .narration {
            console.note("note: labels are narrations; --label verb, noun or action takes the classes")
        }
        if let split = splitOptions.value {
            set = try set.split(split).set
            let counts = set.subsetNames.map { name in "\(set.videos.count { $0.subset == name }) \(name)" }
            console.note("divided by seed \(split.seed): \(counts.joined(separator: ", ")) videos")
        }
        if let subset { set = try set.subset(subset) }
        let selection = selectionOptions.value
        guard !selection.needsScores || set.isScored || set.segmentCount == 0 else {
            throw ValidationError(
                "--min-score, --top and --order score need scores, and \(inputs.joined(separator: ", ")) holds none")
        }
        if !classNames.isEmpty {
            let (named, unnamed) = ClassNames.apply(try classNames.map { try ClassNames(contentsOf: $0) }, to: set)
            set = named
            if !unnamed.isEmpty {
                console.warn(
                    "\(unnamed.count) labels have no name in --class-names (\(unnamed.prefix(3).joined(separator: ", ")))"
                )
            }
        }
        set = selection.applied(to: set)
        var written = BatchOutcome(noun: "file")
        if let out {
            try write(set, to: out, selection, on: console)
            written.succeed()
        }
        guard videoOutputs.isGiven else { return }
        let truth = groundTruth.isEmpty ? nil : try AnnotationSet.reading(groundTruth)
        let videos = SegmentVideos(set, in: VideoInputs(videoOutputs.videos))
        let made = try videoOutputs.write(videos, groundTruth: truth, selectionOptions, on: console)
        try BatchOutcome.finish((out == nil ? [] : [written]) + made, on: console)
    }

    private func write(
        _ set: AnnotationSet, to out: String, _ selection: DetectionSelection, on console: Console
    ) throws {
        var output = try ResultOutput(out, format: target?.format)
        output.selection = selection
        output.options.framesPerSecond = fps
        let report = try output.write(set)
        for line in report.losses.lines { console.warn("\(output.format.title) cannot hold: \(line)") }
        let files = report.files.count == 1 ? "" : " in \(report.files.count) files"
        console.note(
            "\(out): \(Quantity.text(set.videos.count, "video")), \(Quantity.text(set.segmentCount, "segment")), "
                + "\(Quantity.text(set.labels.count, "label"))\(files)")
    }
}
