import Annotations
import Configuration
import Features
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Localization

/// Follows docs/add-a-head.md from the settings to a detection.
@Suite("the guide to a new head")
struct HeadGuideTests {
    private static let guide = "docs/add-a-head.md"

    /// The configuration of the guide in a file.
    private static func withConfiguration(_ body: (_ folder: URL, _ file: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let block = try #require(CodeBlock.all(in: Checkout.url(guide)).first { $0.language == "yaml" })
            let file = folder.appendingPathComponent("depthwise.yaml")
            try Data(block.lines.joined(separator: "\n").utf8).write(to: file)
            try HeadKind.$guests.withValue([.depthwise]) { try body(folder, file.path) }
        }
    }

    @Test("a head of its settings and one line in the list trains, is saved, is loaded and detects")
    func wholeWay() throws {
        let features = SyntheticFeatures(videos: 8)
        try Self.withConfiguration { folder, file in
            let settings = try ConfigurationFile.load(LocalizationSettings.self, from: file)
            #expect(settings.head == .depthwise && settings[DepthwiseSettings.self].kernel == 5)
            let run = RunFolder(folder.appendingPathComponent("run").path)
            _ = try Trainer(settings, annotations: features.annotations, features: features, run: run)
                .run(resumes: false)
            let losses = try String(contentsOfFile: run.metrics, encoding: .utf8).split(separator: "\n").map { line in
                try #require(Fixture.json(text: String(line))["loss"] as? Double)
            }
            #expect(losses.count == 12)
            #expect(try #require(losses.last) < 0.7 * losses[0])
            let model = try run.load()
            #expect(model.head is Depthwise)
            let video = features.annotations.videos[3]
            let found = try Detector(model).detections(
                in: features.sequence(for: video.id))
            #expect(!found.isEmpty && found.allSatisfy { model.labels.contains($0.label) })
        }
    }

    @Test("wrong settings are refused by name, and outside of the list the head is unknown")
    func refusals() throws {
        try Self.withConfiguration { _, file in
            let even = #expect(throws: ConfigurationError.self) {
                try ConfigurationFile.load(LocalizationSettings.self, from: file, overrides: ["depthwise.kernel=4"])
            }
            #expect(even?.description.contains("depthwise.kernel") == true)
            HeadKind.$guests.withValue([]) {
                let unknown = #expect(throws: ConfigurationError.self) {
                    try ConfigurationFile.load(LocalizationSettings.self, from: file)
                }
                #expect(unknown?.description.contains("none of actionformer") == true)
            }
        }
    }

    @Test("outputs at real positions do not change with more padding")
    func padding() throws {
        var settings = DepthwiseSettings()
        (settings.channels, settings.neckChannels, settings.headChannels) = (8, 8, 8)
        (settings.maximumLength, settings.branchBlocks) = (32, 2)
        settings.regressionRanges = [[0, 4], [4, 8], [8, 10_000]]
        var generator = RandomGenerator(seed: 1)
        let head = try Depthwise(settings, featureChannels: 5, classes: 2, using: &generator)
        let grid = SnippetGrid(frameRateNumerator: 25, strideFrames: 4, windowFrames: 16)
        let sample = Sample(video: "v", features: .normal([20, 5], using: &generator), grid: grid)
        let outputs = [32, 64].map { length in
            head.forward(
                SequenceBatch([sample], padding: PaddedLength(computed: length, nominal: length)), on: nil)
        }
        for (level, count) in [20, 10, 5].enumerated() {
            let real = outputs.map { $0.logits[level].slice(axis: 1, 0..<count).elements }
            // OpenBLAS's kernels for some processors add in another order in the last rows of a product.
            #expect(largestDifference(real[0], real[1]) <= (ComputePrecision.float32.hasPackedKernels ? 0 : 2e-6))
        }
    }

    @Test("its code is the code that is compiled here")
    func isCurrent() throws {
        let strangers = try CodeBlock.strangers(
            "swift", in: Self.guide, to: ["Tests/LocalizationTests/Guide/Depthwise.swift"])
        #expect(strangers.map(\.line) == [])
    }
}
