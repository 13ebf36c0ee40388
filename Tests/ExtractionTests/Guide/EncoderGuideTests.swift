import Configuration
import Features
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Extraction
@testable import Video

/// Follows docs/add-an-encoder.md from the settings to stored features.
@Suite("the guide to a new encoder")
struct EncoderGuideTests {
    private static let guide = "docs/add-an-encoder.md"

    /// The configuration of the guide in a file.
    private static func withConfiguration(_ body: (_ folder: URL, _ file: String) throws -> Void) throws {
        try TemporaryFolder.with { folder in
            let block = try #require(CodeBlock.all(in: Checkout.url(guide)).first { $0.language == "yaml" })
            let file = folder.appendingPathComponent("mean-colour.yaml")
            try Data(block.lines.joined(separator: "\n").utf8).write(to: file)
            try body(folder, file.path)
        }
    }

    private static func load(_ file: String, weights: String? = nil, _ precision: ComputePrecision = .float32) throws
        -> any SnippetEncoder
    {
        try EncoderSettings.load(
            configuration: file, weights: weights, seed: 0, precision: precision,
            kinds: EncoderKind.all + [.meanColour])
    }

    @Test("an encoder of its settings and one line in the list extracts, and its features are what it says")
    func wholeWay() throws {
        try Self.withConfiguration { folder, file in
            let encoder = try Self.load(file)
            #expect(encoder is MeanColourEncoder && encoder.clock.windowFrames == 16)
            let video = folder.appendingPathComponent("v.mp4")
            try TestVideo.write(to: video, count: 40, rate: FrameRate(10)) { _ in
                RGBImage(width: 64, height: 48, red: 204, green: 102, blue: 51)
            }
            let path = folder.appendingPathComponent("f.h5").path
            let store = try FeatureStoreWriter(path, origin: encoder.origin)
            let report = try FeatureExtractor(encoder: encoder).extract(VideoInputs([video.path]).videos, into: store)
            try store.close()
            #expect(report.failures.isEmpty)
            let features = try FeatureStore(path).sequence(for: "v")
            // Windows of 16 frames every 4 frames, kept while half of one is there.
            #expect(features.features.shape == [9, 3])
            #expect(features.grid == SnippetGrid(frameRateNumerator: 10, strideFrames: 4, windowFrames: 16))
            // The video is compressed with loss.
            for (index, value) in features.features.elements.enumerated() {
                #expect(abs(value - [0.8, 0.4, 0.2][index % 3]) < 0.03)
            }
        }
    }

    @Test("a clip has the same features alone and in a batch")
    func batches() throws {
        let encoder = try MeanColourEncoder(MeanColourConfiguration())
        let clips = (0..<3).map { number in
            Clip(
                index: number, frameCount: 1, height: 2, width: 2,
                pixels: (0..<12).map { UInt8(20 * number + $0) }, seconds: [0], sourceSeconds: [0], paddedFrames: 0)
        }
        let together = encoder.encode(clips)
        #expect(together.elements == clips.flatMap { encoder.encode([$0]).elements })
    }

    @Test("weights, other precisions and wrong settings are refused, and outside of the list the kind is unknown")
    func refusals() throws {
        try Self.withConfiguration { folder, file in
            #expect(throws: ExtractionError.self) { try Self.load(file, weights: "w.safetensors") }
            #expect(throws: ExtractionError.self) { try Self.load(file, .bfloat16) }
            let unknown = #expect(throws: ConfigurationError.self) {
                try EncoderSettings.load(configuration: file, weights: nil, seed: 0)
            }
            #expect(unknown?.description.contains("known kinds are svilm, frame-difference, motion, published, onnx") == true)
            try Data("kind: mean-colour\nimage_size: 0\n".utf8).write(to: URL(fileURLWithPath: file))
            #expect(throws: ConfigurationError.self) { try Self.load(file) }
        }
    }

    @Test("its code is the code that is compiled here")
    func isCurrent() throws {
        let strangers = try CodeBlock.strangers(
            "swift", in: Self.guide, to: ["Tests/ExtractionTests/Guide/MeanColour.swift"])
        #expect(strangers.map(\.line) == [])
    }
}
