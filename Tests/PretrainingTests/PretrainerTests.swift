import Configuration
import Files
import Foundation
import ModelSupport
import Networks
import TestSupport
import Testing

@testable import Pretraining
@testable import SViLM
@testable import Tensors

@Suite("Pre-training")
struct PretrainerTests {
    static let encoder = SmallModel.encoder

    static func settings(_ change: (inout PretrainingConfiguration) -> Void = { _ in }) -> PretrainingConfiguration {
        SmallModel.settings(change)
    }

    static func clip(_ index: Int) -> CaptionedClip { SmallModel.clip(index) }

    static let source = GeneratedClipSource(captions: [
        "a red green blue square number video of picture there is in the"
    ]) {
        clip($0)
    }

    static func trainer(
        _ settings: PretrainingConfiguration, in folder: URL, resume: Bool = false, overwrites: Bool = false
    ) throws -> Pretrainer {
        try Pretrainer(
            settings, encoder: encoder, vocabulary: try .covering(source.captions()), source: source,
            validation: (100..<106).map(clip), folder: folder.path, seed: 7, resume: resume, overwrites: overwrites)
    }

    private static func bytes(_ folder: URL, _ name: String) throws -> Data {
        try Data(contentsOf: folder.appendingPathComponent(name))
    }

    private static let files = [
        "encoder.safetensors", "text.safetensors", "vocabulary.txt", "encoder.yaml", "config.yaml", "metrics.jsonl",
        "last/checkpoint.safetensors",
    ]

    @Test("a run that is interrupted and resumed ends with the same bytes", arguments: OptimizerSettings.Kind.allCases)
    func resume(kind: OptimizerSettings.Kind) throws {
        let settings = Self.settings { $0.optimizer.kind = kind }
        try TemporaryFolder.with { folder in
            let whole = folder.appendingPathComponent("whole"), parted = folder.appendingPathComponent("parted")
            try Self.trainer(settings, in: whole).run()
            try Self.trainer(settings, in: parted).run(until: 2)
            // Killed after step 3, whose metrics are on the disk while the checkpoint is of step 2.
            struct Killed: Error {}
            let second = try Self.trainer(settings, in: parted, resume: true)
            #expect(second.completedSteps == 2)
            #expect(throws: Killed.self) { try second.run { if $0.step == 3 { throw Killed() } } }
            let third = try Self.trainer(settings, in: parted, resume: true)
            #expect(third.completedSteps == 2)
            try third.run()
            for name in Self.files { #expect(try Self.bytes(whole, name) == Self.bytes(parted, name), "\(name)") }
        }
    }

    @Test("encoding clips twice instead of keeping what the gradient needs changes no bit")
    func recompute() throws {
        try TemporaryFolder.with { folder in
            let kept = folder.appendingPathComponent("kept"), again = folder.appendingPathComponent("again")
            try Self.trainer(Self.settings(), in: kept).run()
            try Self.trainer(Self.settings { $0.recompute = true }, in: again).run()
            #expect(try Self.bytes(kept, "encoder.safetensors") == Self.bytes(again, "encoder.safetensors"))
        }
    }

    @Test("the gradients of chunks add up to the difference of the loss along them")
    func chunks() throws {
        var configuration = Self.encoder
        configuration.dropPath = 0
        // The groups draw random numbers; without them the loss is smooth.
        configuration.global = .video
        let model = VideoLanguageModel(
            encoder: configuration, text: Self.settings().text, vocabulary: try .covering(Self.source.captions()),
            seed: 3)
        let clips = (0..<5).map(Self.clip)
        let paste = CutAndPaste(
            partners: [1, 2, 3, 4, 0], kept: [0..<2, 1..<3, 0..<2, 1..<3, 0..<2], clipLength: 3)
        var texts = BatchTexts()
        texts.captions = clips.map { model.encode($0.caption) }
        texts.captionOfClip = Array(0..<5)
        var objectives = ObjectiveSettings()
        objectives.grounding = 0
        let compute = BatchGradients(
            model: model, objective: StepObjective(settings: objectives), chunkSize: 2, recompute: false)
        func run() throws -> (GradientSum, StepLosses) {
            let result = try compute(
                clips: clips.map(\.pixels), texts: texts, paste: paste, seed: 1,
                into: [GradientSum(of: model.parameters)])
            return (result.gradients[0], result.losses)
        }
        let (gradients, losses) = try run()
        #expect(losses.contrastive != nil && losses.grouping != nil && losses.grounding == nil)
        let step = 1e-3 / gradients.norm
        func move(_ factor: Double) {
            for (parameter, gradient) in zip(model.parameters, gradients.gradients) {
                if let gradient { parameter.value = parameter.value + gradient * Float(factor * step) }
            }
        }
        move(1)
        let above = try run().1.total
        move(-2)
        let below = try run().1.total
        let slope = (above - below) / (2 * step)
        #expect(abs(slope / (gradients.norm * gradients.norm) - 1) < 0.05)
    }

    @Test("the losses fall, and the folder gives the model back")
    func learns() throws {
        let settings = Self.settings {
            $0.steps = 60
            $0.batchSize = 6
            $0.optimizer.learningRate = 3e-3
            $0.objectives.pasteShare = 0.5
            $0.validationSteps = 60
        }
        try TemporaryFolder.with { folder in
            let trainer = try Self.trainer(settings, in: folder)
            var losses: [Double] = []
            var last: PretrainingEvaluation?
            try trainer.run {
                if let loss = $0.losses.contrastive { losses.append(loss) }
                last = $0.evaluation ?? last
            }
            let first = losses.prefix(10).reduce(0, +), final = losses.suffix(10).reduce(0, +)
            #expect(final < 0.9 * first)
            let evaluation = try #require(last)
            #expect(evaluation.clips == 6)
            #expect((evaluation.actionAccuracy ?? 0) > 0.6)
            #expect(evaluation.groupsUsed >= 1 && evaluation.groupsUsed <= 3)
            let loaded = try VideoLanguageModel.load(from: folder.path)
            #expect(Weights.hash(of: loaded.video) == Weights.hash(of: trainer.model.video))
            #expect(Weights.hash(of: loaded.text) == Weights.hash(of: trainer.model.text))
            // Temperatures are learned too.
            let learned = trainer.model.contrastiveScale.logarithm.value.scalar
            #expect(loaded.contrastiveScale.logarithm.value.scalar == learned)
            #expect(loaded.groundingScale.logarithm.value.scalar == trainer.model.groundingScale.logarithm.value.scalar)
            #expect(learned != LogitScale(temperature: settings.objectives.temperature).logarithm.value.scalar)
        }
    }

    @Test("a run may begin with the weights of another, if they fit")
    func initialWeights() throws {
        try TemporaryFolder.with { folder in
            let first = folder.appendingPathComponent("first"), second = folder.appendingPathComponent("second")
            try Self.trainer(Self.settings(), in: first).run(until: 2)
            let model = try VideoLanguageModel.load(from: first.path)
            let vocabulary = try WordPieceVocabulary.covering(Self.source.captions())
            let trainer = try Pretrainer(
                Self.settings(), encoder: Self.encoder, vocabulary: vocabulary, initial: model, source: Self.source,
                folder: second.path, seed: 1)
            #expect(Weights.hash(of: trainer.model.video) == Weights.hash(of: model.video))
            #expect(Weights.hash(of: trainer.model.text) == Weights.hash(of: model.text))
            var wider = Self.encoder
            wider.width = 32
            #expect(throws: SViLMError.self) {
                try Pretrainer(
                    Self.settings(), encoder: wider, vocabulary: vocabulary, initial: model, source: Self.source,
                    folder: second.path, seed: 1)
            }
        }
    }

    @Test("a checkpoint of other settings is refused")
    func otherSettings() throws {
        try TemporaryFolder.with { folder in
            try Self.trainer(Self.settings(), in: folder).run(until: 2)
            let error = #expect(throws: SViLMError.self) {
                try Self.trainer(Self.settings { $0.optimizer.learningRate = 1 }, in: folder, resume: true)
            }
            #expect(error?.description.contains("settings") == true)
        }
    }

    @Test("a run that replaces another begins anew, also after a kill that left a model alone")
    func replacing() throws {
        try TemporaryFolder.with { folder in
            let settings = Self.settings()
            try Self.trainer(settings, in: folder).run(until: 2)
            let again = try Self.trainer(settings, in: folder, overwrites: true)
            #expect(again.completedSteps == 0)
            #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("last").path))
            try again.run(until: 2)
            try FileManager.default.removeItem(at: folder.appendingPathComponent("last"))
            #expect(throws: FileError.self) { try Self.trainer(settings, in: folder) }
            #expect(try Self.trainer(settings, in: folder, overwrites: true).completedSteps == 0)
        }
    }

    @Test("a folder that holds a run is not begun anew")
    func usedFolder() throws {
        try TemporaryFolder.with { folder in
            try Self.trainer(Self.settings(), in: folder).run(until: 2)
            let before = try Self.files.map { try Self.bytes(folder, $0) }
            let error = #expect(throws: FileError.self) { try Self.trainer(Self.settings(), in: folder) }
            #expect(error?.description.contains("resume it") == true)
            #expect(try Self.files.map { try Self.bytes(folder, $0) } == before)
        }
    }

    @Test("a folder that another process trains into is refused with its number, and nothing in it changes")
    func lockedFolder() throws {
        try TemporaryFolder.with { folder in
            try Self.trainer(Self.settings(), in: folder).run(until: 2)
            let waiting = try Self.trainer(Self.settings(), in: folder, resume: true)
            let before = try Self.files.map { try Self.bytes(folder, $0) }
            let lock = try FolderLock(folder: folder.path)
            let number = Int(ProcessInfo.processInfo.processIdentifier)
            #expect(throws: FileError.inUse(path: folder.path, process: number)) {
                try Self.trainer(Self.settings(), in: folder, resume: true)
            }
            #expect(throws: FileError.inUse(path: folder.path, process: number)) { try waiting.run() }
            #expect(try Self.files.map { try Self.bytes(folder, $0) } == before)
            lock.removeFile()
        }
    }

    @Test("model files of two steps are refused, and resuming writes both again")
    func mixedModel() throws {
        try TemporaryFolder.with { folder in
            try Self.trainer(Self.settings(), in: folder).run(until: 2)
            let older = try Self.bytes(folder, "text.safetensors")
            try Self.trainer(Self.settings(), in: folder, resume: true).run(until: 4)
            let newer = try Self.bytes(folder, "text.safetensors")
            try older.write(to: folder.appendingPathComponent("text.safetensors"))
            let error = #expect(throws: FileError.self) { try VideoLanguageModel.load(from: folder.path) }
            #expect(error?.description.contains("step 4") == true && error?.description.contains("step 2") == true)
            _ = try Self.trainer(Self.settings(), in: folder, resume: true)
            #expect(try Self.bytes(folder, "text.safetensors") == newer)
            _ = try VideoLanguageModel.load(from: folder.path)
        }
    }

    @Test("a damaged checkpoint is an error that names it")
    func damaged() throws {
        try TemporaryFolder.with { folder in
            try Self.trainer(Self.settings(), in: folder).run(until: 2)
            let path = folder.appendingPathComponent("last/checkpoint.safetensors")
            try Data(contentsOf: path).prefix(1000).write(to: path)
            #expect(throws: (any Error).self) { try Self.trainer(Self.settings(), in: folder, resume: true) }
        }
    }

    @Test("variance that only time explains is all explained by time")
    func explainedByTime() {
        var generator = RandomGenerator(seed: 1)
        let code = Tensor.normal([1, 4, 6], using: &generator)
        let noise = Tensor.normal([50, 4, 6], using: &generator)
        #expect(abs(PretrainingEvaluation.explainedByTime(code.broadcast(to: [50, 4, 6])) - 1) < 1e-4)
        #expect(PretrainingEvaluation.explainedByTime(noise) < 0.1)
    }

    @Test(
        "shipped configurations are valid", arguments: ["svilm-tiny", "svilm-base-adamw", "svilm-base-sgd"])
    func shipped(name: String) throws {
        let folder = Checkout.url("configs/pretrain")
        let settings = try ConfigurationFile.load(
            PretrainingConfiguration.self, from: folder.appendingPathComponent("\(name).yaml").path)
        let encoder = folder.appendingPathComponent(settings.encoder).path
        #expect(FileManager.default.fileExists(atPath: encoder))
    }
}
