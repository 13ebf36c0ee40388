import Annotations
import Configuration
import Features
import Files
import Foundation
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Threads

@testable import Localization

/// Features in memory in which an action raises one channel.
struct SyntheticFeatures: FeatureSource {
    let path = "synthetic"
    let videos: [String]
    let origin: FeatureOrigin? = nil
    private let sequences: [String: FeatureSequence]
    let annotations: AnnotationSet

    init(videos count: Int, classes: Int = 2, seed: UInt64 = 1) {
        var generator = RandomGenerator(seed: seed)
        let grid = SnippetGrid(frameRateNumerator: 8, strideFrames: 8, windowFrames: 8)
        var sequences: [String: FeatureSequence] = [:], annotated: [AnnotatedVideo] = []
        for number in 0..<count {
            let name = "video_\(number)", length = 40 + number % 9
            var features = Tensor.normal([length, 6], standardDeviation: 0.2, using: &generator)
            var segments: [LabelledSegment] = []
            var start = 2
            while start + 8 < length {
                let label = generator.integer(in: 0...(classes - 1)), size = generator.integer(in: 3...7)
                features.withMutableElements { values in
                    for row in start..<(start + size) { values[row * 6 + label] += 3 }
                }
                segments.append(
                    LabelledSegment(
                        segment: Segment(start: Double(start), end: Double(start + size)), label: "class \(label)"))
                start += size + generator.integer(in: 3...6)
            }
            sequences[name] = FeatureSequence(
                video: name, features: features, grid: grid, durationSeconds: Double(length))
            annotated.append(
                AnnotatedVideo(
                    id: name, subset: number % 4 == 3 ? "validation" : "training", duration: Double(length),
                    segments: segments))
        }
        self.sequences = sequences
        videos = annotated.map(\.id)
        annotations = AnnotationSet(videos: annotated)
    }

    func header(for video: String) throws -> FeatureHeader {
        let sequence = try sequence(for: video)
        return FeatureHeader(length: sequence.length, channels: sequence.channels, grid: sequence.grid)
    }

    func sequence(for video: String) throws -> FeatureSequence {
        guard let sequence = sequences[video] else { throw FeatureError.unknownVideo(path: path, video: video) }
        return sequence
    }
}

@Suite("Training")
struct TrainerTests {
    static func settings(epochs: Int = 4, _ change: (inout LocalizationSettings) -> Void = { _ in })
        -> LocalizationSettings
    {
        var settings = LocalizationSettings()
        settings.actionformer.maximumLength = 64
        settings.actionformer.channels = 16
        settings.actionformer.neckChannels = 16
        settings.actionformer.headChannels = 16
        settings.actionformer.heads = 2
        settings.actionformer.windows = [5]
        settings.actionformer.branchBlocks = 2
        settings.actionformer.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        settings.training.warmupEpochs = 1
        settings.training.epochs = epochs - 1
        settings.training.batchSize = 3
        settings.training.optimizer.learningRate = 2e-3
        settings.training.averageDecay = 0.9
        settings.training.evaluationInterval = 2
        settings.training.seed = 5
        change(&settings)
        return settings
    }

    private static func bytes(_ folder: URL, _ file: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(file))
    }

    /// The epochs in the log of a run, without their times, which no two runs share.
    private static func epochs(_ run: URL) throws -> [TrainingLog.Epoch] {
        let path = run.appendingPathComponent("metrics.jsonl").path
        return try RunLog(path: path, key: "epoch", keepingThrough: .max).entries(TrainingLog.Epoch.self).map {
            var epoch = $0
            epoch.seconds = 0
            return epoch
        }
    }

    @Test("a run that is asked to end after any step keeps it, and resumed ends with the same bytes")
    func interrupted() throws {
        let features = SyntheticFeatures(videos: 12)
        try TemporaryFolder.with { folder in
            func trainer(_ run: URL) throws -> Trainer {
                try Trainer(
                    Self.settings(), annotations: features.annotations, features: features, run: RunFolder(run.path))
            }
            func score(_ detections: [Detection]) -> Double { Double(detections.count % 7) / 7 }
            let whole = folder.appendingPathComponent("whole")
            let all = try trainer(whole).run(resumes: false, evaluate: score)
            #expect(all.steps == all.totalSteps && all.steps == 12 && !all.wasInterrupted)
            for stop in [1, 2, 3, 5, 6, 11] {
                let parts = folder.appendingPathComponent("stop-\(stop)")
                let flag = CancellationFlag()
                let first = try trainer(parts).run(
                    resumes: false, cancellation: flag, progress: { steps, _ in if steps == stop { flag.request() } },
                    evaluate: score)
                #expect(first.wasInterrupted && first.steps == stop && first.epochs == (stop - 1) / 3)
                #expect(!FileManager.default.fileExists(atPath: parts.path + "/lock"))
                var lines: [String] = []
                let second = try trainer(parts).run(resumes: true, report: { lines.append($0) }, evaluate: score)
                #expect(second == all)
                #expect(lines.first?.hasPrefix("resumed after step \((stop - 1) % 3 + 1) of epoch") == true)
                for file in ["model.safetensors", "last/checkpoint.safetensors"] {
                    #expect(try Self.bytes(whole, file) == Self.bytes(parts, file), "\(file), stopped after \(stop)")
                }
                let logs = try [whole, parts].map { try Self.epochs($0) }
                #expect(logs[0] == logs[1])
            }
            // Asked before the first step, or again and again: nothing is lost, and the end is the same.
            let often = folder.appendingPathComponent("often")
            let begun = CancellationFlag()
            begun.request()
            #expect(try trainer(often).run(resumes: false, cancellation: begun, evaluate: score).steps == 0)
            for step in 1...11 {
                let flag = CancellationFlag()
                let part = try trainer(often).run(
                    resumes: true, cancellation: flag, progress: { _, _ in flag.request() }, evaluate: score)
                #expect(part.steps == step && part.wasInterrupted)
            }
            #expect(try trainer(often).run(resumes: true, evaluate: score) == all)
            #expect(try Self.bytes(whole, "model.safetensors") == Self.bytes(often, "model.safetensors"))
        }
    }

    @Test("asked to end while it evaluates, a run evaluates again when it is resumed")
    func interruptedEvaluation() throws {
        let features = SyntheticFeatures(videos: 12)
        try TemporaryFolder.with { folder in
            func trainer(_ run: URL) throws -> Trainer {
                try Trainer(
                    Self.settings(), annotations: features.annotations, features: features, run: RunFolder(run.path))
            }
            let whole = folder.appendingPathComponent("whole"), parts = folder.appendingPathComponent("parts")
            let all = try trainer(whole).run(resumes: false, evaluate: { _ in 0.5 })
            let first = try trainer(parts).run(resumes: false, evaluate: { _ in throw WorkInterrupted() })
            #expect(first.wasInterrupted && first.steps == 6 && first.epochs == 1)
            #expect(try trainer(parts).run(resumes: true, evaluate: { _ in 0.5 }) == all)
            for file in ["model.safetensors", "last/checkpoint.safetensors"] {
                #expect(try Self.bytes(whole, file) == Self.bytes(parts, file), "\(file)")
            }
        }
    }

    @Test("a folder that goes while it is trained into is one error, and is not made again")
    func vanished() throws {
        let features = SyntheticFeatures(videos: 12)
        try TemporaryFolder.with { folder in
            let run = folder.appendingPathComponent("run")
            let trainer = try Trainer(
                Self.settings(), annotations: features.annotations, features: features, run: RunFolder(run.path))
            #expect(throws: FileError.self) {
                try trainer.run(
                    resumes: false,
                    progress: { steps, _ in
                        if steps == 4 { try? FileManager.default.removeItem(at: run) }
                    }, evaluate: { _ in 0 })
            }
            #expect(!FileManager.default.fileExists(atPath: run.path))
        }
    }

    @Test("a run that is stopped and resumed ends with the same bytes as one that was not")
    func exactResume() throws {
        let features = SyntheticFeatures(videos: 12)
        struct Stopped: Error {}
        try TemporaryFolder.with { folder in
            let whole = folder.appendingPathComponent("whole"), parts = folder.appendingPathComponent("parts")
            func train(_ run: URL, stoppingAfter limit: Int?, resumes: Bool) throws {
                var evaluations = 0
                let trainer = try Trainer(
                    Self.settings(), annotations: features.annotations, features: features, run: RunFolder(run.path))
                _ = try trainer.run(
                    resumes: resumes,
                    evaluate: { detections in
                        evaluations += 1
                        // Stops in the middle of an epoch, after a checkpoint has been written.
                        if evaluations == limit { throw Stopped() }
                        return Double(detections.count % 7) / 7
                    })
            }
            try train(whole, stoppingAfter: nil, resumes: false)
            #expect(throws: Stopped.self) { try train(parts, stoppingAfter: 2, resumes: false) }
            try train(parts, stoppingAfter: nil, resumes: true)
            for file in ["model.safetensors", "last/checkpoint.safetensors"] {
                #expect(try Self.bytes(whole, file) == Self.bytes(parts, file), "\(file)")
            }
            let lines = try String(contentsOf: parts.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
            #expect(lines.split(separator: "\n").count == 4)
        }
    }

    @Test("training lowers the loss, and the run folder detects what was trained")
    func learns() throws {
        let features = SyntheticFeatures(videos: 12)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let trainer = try Trainer(
                Self.settings(epochs: 24) {
                    $0.training.batchSize = 1
                    $0.training.selection = .last
                    $0.training.optimizer.learningRate = 5e-3
                    $0.actionformer.initialNormalizer = 20
                    $0.actionformer.dropPath = 0
                }, annotations: features.annotations, features: features, run: run)
            _ = try trainer.run(resumes: false, evaluate: { _ in 0 })
            let losses = try String(contentsOfFile: run.metrics, encoding: .utf8).split(separator: "\n").map { line in
                try #require(Fixture.json(text: String(line))["loss"] as? Double)
            }
            #expect(losses.count == 24)
            #expect(losses[23] < losses[0] / 2)
            let detector = Detector(try run.load())
            let video = features.annotations.videos[3]
            let detections = try detector.detections(
                in: features.sequence(for: video.id))
            let best = try #require(detections.first)
            let overlap = video.segments.filter { $0.label == best.label }.map { $0.segment.tIoU(with: best.segment) }
                .max()
            #expect((overlap ?? 0) > 0.5)
        }
    }

    @Test("the same seed gives the same weights, another seed others")
    func seeds() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            func weights(_ name: String, seed: UInt64) throws -> Data {
                let run = folder.appendingPathComponent(name)
                let trainer = try Trainer(
                    Self.settings(epochs: 2) { $0.training.seed = seed }, annotations: features.annotations,
                    features: features, run: RunFolder(run.path))
                _ = try trainer.run(resumes: false)
                return try Self.bytes(run, "model.safetensors")
            }
            let first = try weights("a", seed: 1)
            #expect(try weights("b", seed: 1) == first)
            #expect(try weights("c", seed: 2) != first)
        }
    }

    @Test("the weights with the best evaluation are kept, or the last ones where that is asked for")
    func selection() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            for (selection, expected) in [(TrainingSettings.Selection.best, 2), (.last, 4)] {
                var scores = [0.4, 0.3]
                let trainer = try Trainer(
                    Self.settings { $0.training.selection = selection }, annotations: features.annotations,
                    features: features, run: RunFolder(folder.appendingPathComponent(selection.rawValue).path))
                let summary = try trainer.run(resumes: false, evaluate: { _ in scores.removeFirst() })
                #expect(summary.chosenEpoch == expected)
                #expect(summary.averageMAP == (selection == .best ? 0.4 : 0.3))
            }
        }
    }

    @Test("a run that replaces another ends with the bytes of one in a new folder")
    func replacing() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            func train(_ name: String, epochs: Int, replaces: Bool = false) throws {
                let run = RunFolder(folder.appendingPathComponent(name).path, replaces: replaces)
                _ = try Trainer(
                    Self.settings(epochs: epochs), annotations: features.annotations, features: features, run: run
                ).run(resumes: false)
            }
            try train("new", epochs: 2)
            try train("used", epochs: 3)
            try train("used", epochs: 2, replaces: true)
            for file in ["model.safetensors", "last/checkpoint.safetensors", "config.yaml"] {
                let both = try ["new", "used"].map { try Self.bytes(folder.appendingPathComponent($0), file) }
                #expect(both[0] == both[1], "\(file)")
            }
            #expect(try Self.epochs(folder.appendingPathComponent("used")).count == 2)
        }
    }

    @Test("a used folder is refused without resuming, and other settings are refused with it")
    func refusals() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            func trainer(_ settings: LocalizationSettings) throws -> Trainer {
                try Trainer(settings, annotations: features.annotations, features: features, run: run)
            }
            _ = try trainer(Self.settings(epochs: 2)).run(resumes: false)
            #expect(throws: LocalizationError.self) { try trainer(Self.settings(epochs: 2)).run(resumes: false) }
            let error = #expect(throws: LocalizationError.self) {
                try trainer(Self.settings(epochs: 2) { $0.training.seed = 9 }).run(resumes: true)
            }
            #expect(error?.description.contains("training.seed 5 and not 9") == true)
            #expect(throws: AnnotationsError.self) {
                try trainer(Self.settings { $0.training.trainingSubset = "nowhere" })
            }
        }
    }

    @Test("a finished run goes on when it is resumed with more epochs, and says how long it is")
    func longer() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            func trainer(_ epochs: Int) throws -> Trainer {
                try Trainer(
                    Self.settings(epochs: epochs), annotations: features.annotations, features: features, run: run)
            }
            #expect(try trainer(2).plan == "2 epochs (1 warm-up + 1) of 2 steps")
            // A tenth of each of four steps: 0.9 to the fourth power.
            #expect(abs(try #require(trainer(2).initialShareOfAverage) - 0.6561) < 1e-9)
            #expect(try trainer(20).initialShareOfAverage == nil)
            _ = try trainer(2).run(resumes: false)
            var lines: [String] = []
            let summary = try trainer(4).run(resumes: true, report: { lines.append($0) })
            #expect(summary.epochs == 4)
            #expect(lines.first?.contains("4 epochs (1 warm-up + 3)") == true)
            #expect(try run.settings().training.epochs == 3)
            #expect(try Self.epochs(folder.appendingPathComponent("run")).map(\.epoch) == [1, 2, 3, 4])
            let error = #expect(throws: LocalizationError.self) { try trainer(3).run(resumes: true) }
            #expect(error?.description.contains("has 4 epochs already") == true)
        }
    }

    @Test("a folder in use is refused, and so is the checkpoint of an older version")
    func otherRuns() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            func train(resumes: Bool) throws {
                _ = try Trainer(
                    Self.settings(epochs: 2), annotations: features.annotations, features: features, run: run
                )
                .run(resumes: resumes)
            }
            let lock = try run.lock()
            let number = Int(ProcessInfo.processInfo.processIdentifier)
            #expect(throws: FileError.inUse(path: run.path, process: number)) { try train(resumes: false) }
            #expect(!run.isUsed)
            lock.removeFile()
            try train(resumes: false)
            try FileManager.default.removeItem(atPath: run.checkpointPath)
            try Data("{}".utf8).write(to: URL(fileURLWithPath: run.file("last/progress.json")))
            let error = #expect(throws: LocalizationError.self) { try train(resumes: true) }
            #expect(error?.description.contains("tal 0.1") == true)
            // The model is used all the same.
            _ = try run.load()
        }
    }

    @Test("training on all windows counts them, goes through each in an epoch, and says where there is none")
    func allWindows() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            func trainer(_ change: (inout LocalizationSettings) -> Void) throws -> Trainer {
                let settings = Self.settings(epochs: 2) {
                    $0.actionformer.maximumLength = 16
                    $0.window.policy = .sliding
                    $0.window.cropShares = nil
                    $0.window.trainingWindows = .all
                    $0.window.minimumInside = 0
                    $0.training.batchSize = 1
                    change(&$0)
                }
                return try Trainer(settings, annotations: features.annotations, features: features, run: run)
            }
            // Six videos of 40 to 46 vectors, whose windows of 16 begin at 0, 8, 16, 24 and perhaps once more.
            let whole = try trainer { _ in }
            let number = try #require(whole.summary.firstMatch(of: /in (\d+) windows/)?.1)
            let windows = try #require(Int(number))
            #expect((24...30).contains(windows))
            let progress = Mutex(0)
            _ = try whole.run(resumes: false, progress: { _, total in progress.withLock { $0 = total } })
            #expect(progress.withLock { $0 } == 2 * windows)
            // Without an action there is nothing to train.
            let error = #expect(throws: LocalizationError.self) {
                try trainer {
                    $0.training.ignoredLabels = ["class 0", "class 1"]
                }
            }
            #expect(error?.description.contains("no labelled segment") == true)
        }
    }

    @Test("numbers that no machine can hold are refused", arguments: 0..<5)
    func numbers(_ place: Int) {
        var settings = Self.settings()
        switch place {
        case 0: settings.actionformer.scaleFactor = 10_000
        case 1: settings.actionformer.branchBlocks = 64
        case 2: settings.training.cacheMebibytes = .max
        case 3: settings.training.batchSize = .max
        default: settings.training.epochs = .max
        }
        #expect(throws: ConfigurationError.self) { try settings.validate() }
    }

    @Test("a run is not resumed with features of another encoder")
    func resumedFeatures() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            func trainer() throws -> Trainer {
                try Trainer(Self.settings(epochs: 2), annotations: features.annotations, features: features, run: run)
            }
            _ = try trainer().run(resumes: false)
            var contract = try ConfigurationFile.load(FeatureContract.self, from: run.features)
            contract.encoder = "another"
            try Data(ConfigurationFile.encode(contract).utf8).write(to: URL(fileURLWithPath: run.features))
            let error = #expect(throws: LocalizationError.self) { try trainer().run(resumes: true) }
            #expect(error?.description.contains("other features") == true)
        }
    }

    @Test("a label with a space at its end is refused before anything is trained")
    func spacedLabel() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("labels.txt").path
            #expect(throws: LocalizationError.self) { try LabelFile.write(["run", "jump "], to: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("features of another kind are refused by name")
    func foreignFeatures() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let trainer = try Trainer(
                Self.settings(epochs: 2), annotations: features.annotations, features: features, run: run)
            _ = try trainer.run(resumes: false)
            let detector = Detector(try run.load())
            var sequence = try features.sequence(for: "video_0")
            sequence.grid.strideFrames = 4
            #expect(throws: LocalizationError.self) { try detector.detections(in: sequence) }
            sequence = FeatureSequence(
                video: "v", features: .zeros([5, 3]), grid: try features.sequence(for: "video_0").grid)
            #expect(throws: LocalizationError.self) { try detector.detections(in: sequence) }
        }
    }

    @Test("with automatic loss balance the parts of a batch wait for each other and still train")
    func automaticBalance() throws {
        let features = SyntheticFeatures(videos: 8)
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let trainer = try Trainer(
                Self.settings(epochs: 6) { $0.actionformer.lossWeight = 0 }, annotations: features.annotations,
                features: features, run: run)
            let summary = try trainer.run(resumes: false)
            #expect(summary.epochs == 6)
            #expect(FileManager.default.fileExists(atPath: run.weights))
        }
    }
}
