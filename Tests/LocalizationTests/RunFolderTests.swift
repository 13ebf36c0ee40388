import Configuration
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization

@Suite("Run folders")
struct RunFolderTests {
    private func model() throws -> TrainedModel {
        try SmallModel.actionFormer(labels: ["long jump", "pole vault"]) {
            $0.actionformer.maximumLength = 32
            $0.actionformer.centerRadius = nil
        }
    }

    @Test("a saved model is read back as it was")
    func roundTrip() throws {
        try TemporaryFolder.with { folder in
            let model = try model()
            let run = RunFolder(folder.appendingPathComponent("run").path)
            try run.save(model)
            let loaded = try run.load()
            #expect(loaded.settings == model.settings)
            #expect(loaded.labels == model.labels)
            #expect(loaded.features == model.features)
            #expect(loaded.head.parameters.map(\.value.elements) == model.head.parameters.map(\.value.elements))
            #expect(
                try run.load(overrides: ["post_processing.suppression.sigma=0.9"])
                    .settings.postProcessing.suppression.sigma == 0.9)
        }
    }

    @Test("a folder that holds a run is not overwritten")
    func noOverwriting() throws {
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.path)
            try run.save(try model())
            #expect { try run.save(try model()) } throws: { "\($0)".contains("already") }
        }
    }

    @Test("a run that may be replaced goes with all its files, and other files stay")
    func replacing() throws {
        try TemporaryFolder.with { folder in
            try RunFolder(folder.path).save(try model())
            let old = ["last", "metrics.jsonl", "encoder.safetensors", "text.yaml"], own = "notes.txt"
            for name in old + [own] { try Data("x".utf8).write(to: folder.appendingPathComponent(name)) }
            let run = RunFolder(folder.path, replaces: true)
            var other = try model()
            other.labels = ["a", "b"]
            try run.save(other)
            #expect(try run.load().labels == ["a", "b"])
            for name in old { #expect(!FileManager.default.fileExists(atPath: run.file(name)), "\(name)") }
            #expect(FileManager.default.fileExists(atPath: run.file(own)))
        }
    }

    @Test("a folder without a model says so")
    func missingModel() throws {
        try TemporaryFolder.with { folder in
            let run = RunFolder(folder.path)
            #expect { try run.load() } throws: { "\($0)".contains("config.yaml") }
            let model = try model()
            try run.create(settings: model.settings, labels: model.labels, features: model.features)
            #expect { try run.load() } throws: { "\($0)".contains("model.safetensors") }
        }
    }

    @Test(
        "label files that cannot be used are refused by line",
        arguments: [("", "empty"), ("a\n\nb\n", "line 2"), ("a\nb\na\n", "lines 1 and 3")])
    func labelFiles(_ text: String, _ problem: String) throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("labels.txt")
            try Data(text.utf8).write(to: file)
            #expect { try LabelFile.read(file.path) } throws: { "\($0)".contains(problem) }
        }
    }

    @Test("labels survive Windows line ends and blank lines at the end")
    func labelRoundTrip() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("labels.txt")
            try Data("long jump\r\npole vault\r\n\r\n".utf8).write(to: file)
            #expect(try LabelFile.read(file.path) == ["long jump", "pole vault"])
            #expect(throws: LocalizationError.self) { try LabelFile.write(["a\nb"], to: file.path) }
        }
    }

    @Test("every head configuration that comes with the package is valid")
    func shippedConfigurations() throws {
        let folder = Checkout.url("configs/heads")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 4)
        for file in files {
            let path = folder.appendingPathComponent(file).path
            let settings = try ConfigurationFile.load(LocalizationSettings.self, from: path)
            #expect(settings.training.epochs > 0, "\(file)")
            let text = try ConfigurationFile.encode(settings)
            #expect(try ConfigurationFile.decode(LocalizationSettings.self, from: text, file: "again") == settings)
        }
    }

    @Test("the configuration of the gym benchmark has the reference's number of parameters")
    func gymParameters() throws {
        let path = Checkout.url("configs/heads/actionformer-gym.yaml").path
        let settings = try ConfigurationFile.load(LocalizationSettings.self, from: path)
        var generator = RandomGenerator(seed: 1)
        let head = try settings.makeHead(featureChannels: 2048, classes: 15, using: &generator)
        #expect(head.parameterCount == 8_133_911)
    }
}
