import Annotations
import Configuration
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Localization
@testable import ModelImport

@Suite("Importing published checkpoints")
struct CheckpointImportTests {
    private static func path(_ name: String) -> String {
        Fixture.url("pytorch/\(name)").path
    }

    @Test("the averaged weights are taken", arguments: ["checkpoint.pth.tar", "checkpoint-legacy.pth.tar"])
    func averagedWeights(_ name: String) throws {
        let checkpoint = try CheckpointTensors(path: Self.path(name))
        #expect(
            Set(checkpoint.names) == ["module.0.weight", "module.0.bias", "module.1.weight", "module.1.bias"])
        #expect(try checkpoint.tensor(named: "module.0.bias").elements == [10.5, 11.5, 12.5])
        #expect(throws: TensorFileError.missingTensor(file: checkpoint.path, name: "other")) {
            try checkpoint.tensor(named: "other")
        }
    }

    @Test("a checkpoint that runs commands is refused before anything is written")
    func hostile() throws {
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.appendingPathComponent("run").path)
            var settings = LocalizationSettings()
            (settings.head, settings.classAgnostic, settings.window.policy) = (.gtad, true, .sliding)
            #expect {
                try GTADImport.run(settings: settings, weights: Self.path("hostile.pth"), folder: run)
            } throws: { "\($0)".contains("posix.system") }
            #expect(!run.isUsed)
        }
    }

    @Test("a G-TAD model becomes a run folder with its own scores")
    func gtad() throws {
        let fixture = try GTADFixture(GTADFixture.names[0])
        try TemporaryFolder.with { folder in
            var settings = LocalizationSettings()
            (settings.head, settings.classAgnostic, settings.window.policy) = (.gtad, true, .sliding)
            settings.gtad = try fixture.settings()
            let run = RunFolder(folder.appendingPathComponent("run").path)
            let weights = fixture.folder.appendingPathComponent("weights.safetensors").path
            let model = try GTADImport.run(settings: settings, weights: weights, folder: run)
            #expect(model.features.channels == (try fixture.option("feat_dim")))
            let head = try #require(run.load().head as? GTAD)
            let batch = try fixture.batch()
            let reference = try fixture.tensors("outputs").values("start")
            #expect(largestDifference(head.forward(batch, on: nil).starts.elements, reference) < 2e-5)
        }
    }

    @Test("heads with a map of proposals refuse settings they cannot work with")
    func fixedLength() {
        var settings = LocalizationSettings()
        settings.head = .gtad
        #expect { try settings.validate() } throws: { "\($0)".contains("class_agnostic") }
        settings.classAgnostic = true
        #expect { try settings.validate() } throws: { "\($0)".contains("window.policy") }
        settings.window.policy = .sliding
        #expect(throws: Never.self) { try settings.validate() }
        settings.gtad.maximumDuration = 1000
        #expect { try settings.validate() } throws: { "\($0)".contains("maximum_duration") }
    }
}

@Suite("Sliding windows")
struct SlidingWindowTests {
    @Test("windows cover every feature, and proposals are where the features are", arguments: [1, 16, 17, 31, 32, 50])
    func coverage(_ length: Int) {
        var settings = WindowSettings()
        settings.policy = .sliding
        let preparation = SamplePreparation(settings, maximumLength: 16)
        let sample = Sample(
            video: "v", features: Tensor((0..<length).map { Float($0) }, shape: [length, 1]),
            grid: TemporalMaxerTests.grid)
        let windows = preparation.windows(of: sample)
        var seen = Set<Int>()
        for window in windows {
            #expect(window.sample.length <= 16)
            for (place, value) in window.sample.features.elements.enumerated() {
                #expect(Int(value) == window.first + place)
                seen.insert(Int(value))
            }
        }
        #expect(seen.count == length)
        let proposals = Proposals(starts: [1], ends: [2], scores: [0.5], labels: [0]).shifted(by: 8)
        #expect(proposals.starts == [9] && proposals.ends == [10])
    }

    @Test("G-TAD finds proposals in a video longer than its map, also beyond the first window")
    func longVideo() throws {
        var settings = LocalizationSettings()
        (settings.head, settings.classAgnostic, settings.window.policy) = (.gtad, true, .sliding)
        settings.gtad.maximumLength = 12
        settings.gtad.maximumDuration = 6
        (settings.gtad.channels, settings.gtad.proposalChannels, settings.gtad.mapChannels) = (8, 8, 8)
        (settings.gtad.paths, settings.gtad.pathChannels) = (2, 2)
        (settings.postProcessing.scoreThreshold, settings.postProcessing.suppression.classWise) = (0, false)
        try settings.validate()
        var generator = RandomGenerator(seed: 1)
        let head = try settings.makeHead(featureChannels: 4, classes: 1, using: &generator)
        var features = FeatureContract()
        features.channels = 4
        let detector = Detector(
            TrainedModel(head: head, settings: settings, labels: ["action"], features: features))
        let sample = Sample(
            video: "v", features: .normal([30, 4], using: &generator), grid: TemporalMaxerTests.grid)
        let found = try detector.detections(in: sample)
        #expect(found.contains { $0.segment.start > 13 * 4 / 25.0 })
        #expect(found.allSatisfy { $0.segment.end <= 30 * 4 / 25.0 + 1 })
    }
}
