import Configuration
import Encoders
import Features
import Foundation
import Tensors
import TestSupport
import Testing
import Video

@testable import Extraction

@Suite("Extracting with published encoders")
struct PublishedSnippetEncoderTests {
    private static func folder(_ name: String) -> String { Fixture.url("encoders/\(name)").path }

    private static func load(_ name: String, rules: String? = nil) throws -> PublishedSnippetEncoder {
        let encoder = try EncoderSettings.load(configuration: folder(name), weights: nil, seed: 0, protocol: rules)
        return try #require(encoder as? PublishedSnippetEncoder)
    }

    /// Features of a made video, and its frames as they are stored.
    private static func features(
        _ encoder: PublishedSnippetEncoder, frames: Int
    ) throws -> (sequence: FeatureSequence, frames: [RGBImage]) {
        try TemporaryFolder.with { folder in
            let url = folder.appendingPathComponent("v.mp4")
            try TestVideo.writeMovingSquare(to: url, count: frames)
            let (sequence, _) = try FeatureExtractor(encoder: encoder).features(of: VideoInput(id: "v", path: url.path))
            let decoder = try VideoDecoder(path: url.path)
            var images = [try decoder.image()]
            while decoder.advance() { images.append(try decoder.image()) }
            return (sequence, images)
        }
    }

    @Test("windows of every fourth frame, each encoded as the model defines", arguments: ["opencv", "float", "pillow"])
    func windows(_ library: String) throws {
        try TemporaryFolder.with { folder in
            let rules = folder.appendingPathComponent("p.yaml")
            let crop =
                library == "float" ? "height: 24, width: 32" : "shorter_side: 24, crop_size: 24, crop_offset: even"
            try Data(
                """
                name: test
                stride_frames: 4
                window_frames: 6
                frames: 6
                last_window: drop
                preprocessing: {library: \(library), \(crop)}
                """.utf8
            ).write(to: rules)
            let encoder = try Self.load("videomae/hf_pretrain", rules: rules.path)
            #expect(encoder.origin.encoder == "VideoMAE 64x2@test")
            let (sequence, frames) = try Self.features(encoder, frames: 21)
            // Windows begin at 0, 4, 8 and 12: 15 is the last frame from which six are left.
            #expect(sequence.features.shape == [4, 64])
            #expect(sequence.grid == SnippetGrid(frameRateNumerator: 10, strideFrames: 4, windowFrames: 6))
            let settings = try ConfigurationFile.load(EncoderProtocol.self, from: rules.path).preprocessing
            let source = try EncoderFolder(Self.folder("videomae/hf_pretrain"))
            let model = try PublishedEncoder(
                PublishedFile(path: source.weights), configuration: source.readConfiguration()
            ).model
            for row in 0..<4 {
                let pixels = Tensor.stacked(
                    frames[row * 4..<row * 4 + 6].map { settings.normalized(settings.pixels(of: $0)) })
                let expected = model.feature(.pooled, of: try model.encode(pixels)).elements
                let found = sequence.features.slice(axis: 0, row..<row + 1).elements
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
            }
        }
    }

    @Test("steps in time are rows of their own on a finer grid")
    func steps() throws {
        let encoder = try Self.load("videomae/hf_pretrain", rules: "opentad-chunk")
        var rules = try #require(EncoderProtocol.builtIn.first { $0.name == "opentad-chunk" })
        #expect(encoder.channels == 64)
        let (sequence, _) = try Self.features(encoder, frames: 40)
        rules.frames = 16
        // Two whole chunks and half a one.
        #expect(sequence.features.shape == [24, 64])
        #expect(sequence.grid == SnippetGrid(frameRateNumerator: 10, strideFrames: 2, windowFrames: 2))
    }

    @Test("an encoder of pictures gives a row a frame, or the mean or maximum of a window")
    func pictures() throws {
        try TemporaryFolder.with { folder in
            func run(_ pooling: String, frames: Int) throws -> Tensor {
                let rules = folder.appendingPathComponent("\(pooling)\(frames).yaml")
                try Data(
                    """
                    name: pictures
                    stride_frames: 4
                    window_frames: 4
                    frames: \(frames)
                    last_window: drop
                    feature: image_embeds
                    frame_pooling: \(pooling)
                    preprocessing: {library: pillow, height: 42, width: 42}
                    """.utf8
                ).write(to: rules)
                return try Self.features(Self.load("clip/open_clip", rules: rules.path), frames: 8).sequence.features
            }
            let mean = try run("mean", frames: 4), largest = try run("max", frames: 4)
            #expect(mean.shape == [2, 48] && largest.shape == [2, 48])
            #expect(zip(mean.elements, largest.elements).allSatisfy { $0 <= $1 + 1e-6 })
            #expect(mean.elements != largest.elements)
            #expect(try run("mean", frames: 1).elements == run("max", frames: 1).elements)
        }
    }

    @Test("what is stored with features makes the same encoder again")
    func stored() throws {
        let encoder = try Self.load("clip/open_clip", rules: "clip-1fps")
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("encoder.yaml")
            try Data(encoder.origin.encoderConfiguration.utf8).write(to: file)
            let weights = Self.folder("clip/open_clip") + "/open_clip_model.safetensors"
            let again = try EncoderSettings.load(configuration: file.path, weights: weights, seed: 0)
            #expect(again.origin == encoder.origin)
            #expect(throws: ExtractionError.self) {
                try EncoderSettings.load(configuration: file.path, weights: nil, seed: 0)
            }
        }
    }

    @Test("protocols that do not fit an encoder are refused with what was met and expected")
    func refusals() throws {
        func refused(_ name: String, _ rules: String, _ text: String) {
            #expect { try Self.load(name, rules: rules) } throws: { "\($0)".contains(text) }
        }
        // Its table is of 6 frames.
        refused("videomae/hf_pretrain", "videomaev2-thumos", "asks for 16 frames; expected at most 6")
        refused("videomae/hf_pretrain", "clip-1fps", "1 frames; expected a multiple of 2")
        refused("dinov2/registers", "clip-1fps", "keeps 'image_embeds'")
        refused("videomae/hf_pretrain", "no-such-protocol", "known are")
        refused("dinov2/registers", "opentad-chunk", "steps in time")
        #expect(throws: ExtractionError.self) {
            try EncoderSettings.load(configuration: "videomae-base", weights: nil, seed: 0)
        }
        #expect(throws: EncoderError.self) {
            try EncoderSettings.load(configuration: "videomae-enormous", weights: nil, seed: 0)
        }
        let weights = Self.folder("videomae/hf_pretrain") + "/model.safetensors"
        #expect { try EncoderSettings.load(configuration: "videomae-base", weights: weights, seed: 0) } throws: {
            "\($0)".contains("expected videomae-base")
        }
    }
}
