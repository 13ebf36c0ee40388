import Files
import Foundation
import ModelSupport
import Networks
import TestSupport
import Testing

@testable import Pretraining
@testable import SViLM
@testable import Tensors

@Suite("Adaptation by temporal grouping")
struct AdaptationTests {
    private static func settings(_ change: (inout PretrainingConfiguration) -> Void = { _ in })
        -> PretrainingConfiguration
    {
        SmallModel.settings {
            $0.objectives.contrastive = 0
            $0.objectives.grounding = 0
            $0.objectives.groupingForm = .leaveOneOut
            $0.frozen = ["text", "contrastive_scale", "grounding_scale", "video.blocks.0", "video.tubelet_embedding"]
            $0.validationSteps = 2
            $0.checkpointSteps = 2
            $0.patience = 2
            change(&$0)
        }
    }

    private static let source = GeneratedClipSource(captions: ["a"]) { index in
        var clip = SmallModel.clip(index)
        (clip.caption, clip.scene, clip.alternatives) = ("", nil, [])
        return clip
    }

    private static func start(seed: UInt64 = 3) throws -> VideoLanguageModel {
        VideoLanguageModel(
            encoder: SmallModel.encoder, text: settings().text, vocabulary: try .covering(["a"]), temperature: 0.02,
            seed: seed)
    }

    private static func trainer(
        _ settings: PretrainingConfiguration, in folder: URL, resume: Bool = false, start: VideoLanguageModel? = nil
    ) throws -> Pretrainer {
        let start = try start ?? self.start()
        return try Pretrainer(
            settings, encoder: SmallModel.encoder, vocabulary: start.tokenizer.vocabulary, initial: start,
            source: source, validation: source.batch(at: 100, count: 6).clips, folder: folder.path, seed: 7,
            resume: resume)
    }

    @Test("frozen parts stay to the bit, the others move, and the learned temperature is kept")
    func frozen() throws {
        try TemporaryFolder.with { folder in
            let start = try Self.start()
            let before = start.namedParameters().map { ($0.name, $0.parameter.value.elements) }
            try Self.trainer(Self.settings { $0.patience = 0 }, in: folder, start: start).run()
            let after = try VideoLanguageModel.load(from: folder.path)
            let values = Dictionary(
                uniqueKeysWithValues: after.namedParameters().map { ($0.name, $0.parameter.value.elements) })
            for (name, value) in before where !name.hasSuffix("scale.logarithm") {
                let stays = Self.settings().frozen.contains { name.hasPrefix($0 + ".") }
                if stays { #expect(values[name] == value, "\(name)") }
            }
            #expect(
                values["video.blocks.1.attention.query.weight"]
                    != before.first { $0.0 == "video.blocks.1.attention.query.weight" }?.1)
            #expect(
                abs(after.contrastiveScale.logarithm.value.scalar - start.contrastiveScale.logarithm.value.scalar)
                    < 1e-5)
        }
    }

    @Test("a run that is interrupted and resumed ends with the same bytes")
    func resume() throws {
        let settings = Self.settings { $0.optimizer.learningRate = 3e-3 }
        try TemporaryFolder.with { folder in
            let whole = folder.appendingPathComponent("whole"), parted = folder.appendingPathComponent("parted")
            let first = try Self.trainer(settings, in: whole)
            try first.run()
            try Self.trainer(settings, in: parted).run(until: 2)
            struct Killed: Error {}
            #expect(throws: Killed.self) {
                try Self.trainer(settings, in: parted, resume: true).run { if $0.step == 3 { throw Killed() } }
            }
            let last = try Self.trainer(settings, in: parted, resume: true)
            try last.run()
            #expect(last.completedSteps == first.completedSteps && last.best?.step == first.best?.step)
            for name in [
                "encoder.safetensors", "text.safetensors", "metrics.jsonl", "last/checkpoint.safetensors",
                "last/best.safetensors",
            ] {
                let one = try Data(contentsOf: whole.appendingPathComponent(name))
                #expect(try one == Data(contentsOf: parted.appendingPathComponent(name)), "\(name)")
            }
            // Frozen parts are no part of a checkpoint: another beginning would give another model.
            #expect { try Self.trainer(settings, in: parted, resume: true, start: Self.start(seed: 4)) } throws: {
                "\($0)".contains("began with other weights")
            }
        }
    }

    @Test("training that only makes things worse ends early and gives the beginning back")
    func endsEarly() throws {
        let settings = Self.settings {
            $0.optimizer.learningRate = 10
            $0.warmupSteps = 0
            $0.steps = 40
        }
        try TemporaryFolder.with { folder in
            let start = try Self.start()
            let before = Weights.hash(of: start.video)
            let trainer = try Self.trainer(settings, in: folder, start: start)
            try trainer.run()
            #expect(trainer.hasEnded && trainer.completedSteps < 40)
            #expect(trainer.best?.step == 0)
            #expect(Weights.hash(of: try VideoLanguageModel.load(from: folder.path).video) == before)
            // Resuming an ended run does nothing.
            let again = try Self.trainer(settings, in: folder, resume: true)
            try again.run()
            #expect(again.completedSteps == trainer.completedSteps)
            #expect(Weights.hash(of: try VideoLanguageModel.load(from: folder.path).video) == before)
        }
    }

    @Test("lower layers learn more slowly, and names that are none are refused")
    func rates() throws {
        let model = try Self.start()
        let groups = try TrainableParameters(
            model,
            Self.settings {
                $0.layerDecay = 0.5; $0.frozen = ["text"]
            }
        ).groups
        func factor(_ name: String) -> Double? { groups.first { $0.parameters.contains { $0.name == name } }?.factor }
        #expect(
            factor("video.blocks.1.attention.query.weight") == 1
                && factor("video.blocks.0.attention.query.weight") == 0.5)
        #expect(factor("video.tubelet_embedding.weight") == 0.25 && factor("video.norm.weight") == 1)
        #expect(factor("text.norm.weight") == nil)
        #expect(try TrainableParameters(model, Self.settings { $0.frozen = [] }).groups.count == 1)
        #expect { try TrainableParameters(model, Self.settings { $0.frozen = ["video.block"] }) } throws: {
            "\($0)".contains("'video.block'")
        }
    }
}
