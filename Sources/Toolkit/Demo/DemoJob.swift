import Annotations
import Evaluation
import Extraction
import Files
import Foundation
import Localization
public import ShapeWorld
import Tensors
public import Threads

/// The whole pipeline on generated videos: makes them, computes features, trains heads, detects and evaluates.
///
/// Needs no file but those that come with the toolkit. Work that was asked to end, or was killed, goes on where it was when the
/// same job runs again.
public struct DemoJob: Sendable {
    /// The folder of the demo, made where it is missing.
    public var output: String
    /// The videos to make.
    public var world = DemoDataset()
    /// Changes of the head's settings, such as `training.epochs=10`.
    public var assignments: [String] = []
    /// The configuration of the head, by name.
    public var head = "actionformer-demo"
    /// A head is trained for each seed; the videos are always the same.
    public var seeds: [UInt64] = [1]
    /// What is compared.
    public var methods: [DemoMethod] = [.pretrained, .frameDifference, .chance]
    /// Whether to begin again in a folder of another demo, whose content is removed.
    public var replaces = false

    public init(output: String) { self.output = output }

    /// Fewer and shorter videos and less training: about 12 seconds on two cores.
    public static func quick(output: String) -> DemoJob {
        var job = DemoJob(output: output)
        job.world.trainingCount = 24
        job.world.validationCount = 6
        job.world.testCount = 10
        job.world.seconds = 20
        job.assignments = ["training.epochs=10"]
        return job
    }

    /// Runs all stages, and leaves out those that an earlier call has finished.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end after the step in hand; the same job goes on from there.
    /// - Throws: `WorkInterrupted` where it was asked to end; ``ToolkitError/otherDemo(folder:problem:)`` where the folder is
    ///   used otherwise; what the jobs of the stages throw.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> DemoReport {
        let files = DemoFiles(output)
        let lock = try files.open(
            DemoRecord(world: world, assignments: assignments, head: head), replaces: replaces)
        defer { lock.removeFile() }
        var stages = DemoStages(events: events)
        if FileManager.default.fileExists(atPath: files.annotations) {
            events.message("\(files.videos): made before")
        } else {
            try stages.run("generate videos") {
                try events.stage("generate", unit: "videos") {
                    _ = try world.write(to: output, cancellation: cancellation, progress: $0.handler)
                }
            }
        }
        var evaluations: [DemoReport.Evaluation] = []
        for method in methods {
            if let encoder = try encoder(of: method) {
                try extract(method, encoder, files, &stages, events, cancellation)
            }
            for seed in seeds {
                try detect(method, seed, files, &stages, events, cancellation)
                evaluations.append(try evaluate(method, seed, files, events))
            }
        }
        let shown = try AnnotationSet.reading([files.annotations]).subset(DemoFiles.subset).videos.map(\.id).min()
        return DemoReport(
            files: files, evaluations: evaluations, stages: stages.finished,
            exampleVideo: "\(files.videos)/\(shown ?? "").mp4")
    }

    /// The files of an encoder that come with the toolkit; nil for detections by chance. A user's files of that name are no
    /// part of the demo.
    private func encoder(of method: DemoMethod) throws -> ActionDetector.Encoder? {
        let shipped = ShippedFiles.standard
        switch method {
        case .chance: return nil
        case .pretrained, .frameDifference:
            return .init(configuration: try shipped.shipped(method.rawValue, as: .encoder))
        case .random:
            // The settings of the trained one, in a folder without weights.
            let trained = try shipped.shipped(DemoMethod.pretrained.rawValue, as: .encoder)
            let bare = DemoFiles(output).file("random.yaml")
            try TextFile.write(try TextFile.read(trained), to: bare)
            return .init(configuration: bare)
        }
    }

    private func extract(
        _ method: DemoMethod, _ encoder: ActionDetector.Encoder, _ files: DemoFiles, _ stages: inout DemoStages,
        _ events: JobEvents, _ cancellation: CancellationFlag
    ) throws {
        try stages.run("extract (\(method.rawValue))") {
            let job = ExtractionJob([files.videos], encoder: encoder, output: files.features(of: method))
            let report = try job.run(events, cancellation: cancellation)
            if report.extraction?.wasInterrupted == true { throw WorkInterrupted() }
            if let failure = report.batch.failures.first { throw failure.error }
        }
    }

    private func detect(
        _ method: DemoMethod, _ seed: UInt64, _ files: DemoFiles, _ stages: inout DemoStages, _ events: JobEvents,
        _ cancellation: CancellationFlag
    ) throws {
        let output = files.detections(of: method, seed: seed)
        guard method != .chance else {
            if isMade(output, from: [files.annotations], events) { return }
            let all = try AnnotationSet.reading([files.annotations])
            let videos = try all.subset(DemoFiles.subset)
            let chosen = Set(videos.videos.map(\.id))
            var others = all
            others.videos.removeAll { chosen.contains($0.id) }
            var generator = RandomGenerator(seed: seed)
            let drawn = RandomDetections.draw(for: videos, lengthsFrom: others, using: &generator)
            try DetectionFile.write(DetectionTable(drawn), to: output)
            return
        }
        let run = files.run(of: method, seed: seed)
        let store = files.features(of: method)
        try stages.run("train (\(method.rawValue), seed \(seed))") {
            var job = TrainingJob(
                configuration: try ShippedFiles.standard.shipped(head, as: .head), features: [store],
                annotations: [files.annotations], output: run)
            job.assignments = assignments
            job.seeds = [seed]
            job.resumes = true
            if method == .pretrained {
                let folder = try DurableFile.folder(of: encoder(of: method)?.configuration ?? "")
                job.encoderWeights = folder + "/encoder.safetensors"
            }
            if try job.run(events, cancellation: cancellation).interrupted != nil { throw WorkInterrupted() }
        }
        if isMade(output, from: [files.annotations, store, RunFolder(run).weights], events) { return }
        try stages.run("detect (\(method.rawValue), seed \(seed))") {
            var job = DetectionJob(
                run: run,
                input: .features([store], annotations: [files.annotations], subset: DemoFiles.subset))
            job.output = output
            let report = try job.run(events, cancellation: cancellation)
            if report.wasInterrupted { throw WorkInterrupted() }
            if let failure = report.batch.failures.first { throw failure.error }
        }
    }

    /// Whether an earlier call has made a file and none of its sources is newer; a message says so.
    private func isMade(_ path: String, from sources: [String], _ events: JobEvents) -> Bool {
        func time(_ path: String) -> Date? {
            try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        }
        guard let made = time(path), sources.allSatisfy({ time($0).map { $0 <= made } ?? false }) else { return false }
        events.message("\(path): made before")
        return true
    }

    private func evaluate(
        _ method: DemoMethod, _ seed: UInt64, _ files: DemoFiles, _ events: JobEvents
    ) throws -> DemoReport.Evaluation {
        let inputs = EvaluationInputs(
            groundTruth: [files.annotations], predictions: [files.detections(of: method, seed: seed)],
            protocolName: "demo", subset: DemoFiles.subset)
        let (evaluator, file) = try inputs.load(events)
        var result = try evaluator.evaluate(file.detections)
        result.inputs = inputs.absolute
        let path = files.result(of: method, seed: seed)
        try result.json.write(to: path)
        return DemoReport.Evaluation(method: method, seed: seed, result: result, path: path)
    }
}

/// What the demo compares.
public enum DemoMethod: String, Hashable, Sendable, CaseIterable {
    /// The small encoder that comes with the toolkit, pre-trained on generated clips.
    case pretrained = "svilm-tiny"
    /// Differences of frames, which nothing was trained for.
    case frameDifference = "frame-difference"
    /// The small encoder with random weights.
    case random
    /// Detections drawn without looking at the videos.
    case chance
}
