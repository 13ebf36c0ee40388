import Configuration
import Encoders
import Features
import Foundation
import Tensors
import TestSupport
import Testing

@testable import Extraction
@testable import Video

@Suite("Extracting with EfficientNet-Lite0 and with models in ONNX's format")
struct OtherNetworksTests {
    /// Features of a made video of 10 frames a second, and its frames as they are stored.
    private static func features(
        _ encoder: any SnippetEncoder, frames: Int
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

    private static let rules = """
        name: tested
        stride_frames: 4
        window_frames: 4
        frames: 2
        last_window: drop
        frame_pooling: POOLING
        preprocessing: {library: pillow, height: 40, width: 36}
        """

    private static func lite0Weights(in folder: URL) throws -> String {
        let weights = folder.appendingPathComponent("lite0.safetensors").path
        try SafetensorsFile.write(EfficientNetWeights.tensors.map { (name: $0.key, tensor: $0.value) }, to: weights)
        return weights
    }

    /// The network under ``rules``, which are written beside the weights.
    private static func lite0(
        _ pooling: String, strideFrames: Int = 4, _ weights: String
    ) throws -> EfficientNetSnippetEncoder {
        let file = weights + ".\(pooling).yaml"
        let text = rules.replacingOccurrences(of: "POOLING", with: pooling)
            .replacingOccurrences(of: "stride_frames: 4", with: "stride_frames: \(strideFrames)")
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        let loaded = try EncoderSettings.load(
            configuration: "efficientnet-lite0", weights: weights, seed: 0, protocol: file)
        return try #require(loaded as? EfficientNetSnippetEncoder)
    }

    @Test("EfficientNet-Lite0: a window's features are those of its frames, pooled")
    func lite0() throws {
        try TemporaryFolder.with { folder in
            let weights = try Self.lite0Weights(in: folder)
            let mean = try Self.lite0("mean", weights), changes = try Self.lite0("mean-and-changes", weights)
            #expect(mean.origin.encoder == "efficientnet-lite0@tested" && mean.origin.weightsSHA256.count == 64)
            #expect(mean.channels == 1280 && changes.channels == 2560)
            let (sequence, frames) = try Self.features(mean, frames: 12)
            #expect(sequence.features.shape == [3, 1280])
            let frozen = FrozenConvolutions(
                try EfficientNetLite0.read(PublishedFile(path: weights)), rows: 40, columns: 36)
            let settings = mean.rules.preprocessing
            // Each window of four frames gives the middles of its halves.
            let used = [1, 3, 5, 7, 9, 11].map { settings.normalized(settings.pixels(of: frames[$0])) }
            let rows = frozen(used.count) { used[$0] }
            let both = try Self.features(changes, frames: 12).sequence.features
            for window in 0..<3 {
                let (a, b) = (
                    rows.slice(axis: 0, 2 * window..<2 * window + 1),
                    rows.slice(axis: 0, 2 * window + 1..<2 * window + 2)
                )
                let wanted = Tensor.concatenated([(a + b) * 0.5, (a - b).magnitude()], axis: 1).elements
                let found = sequence.features.slice(axis: 0, window..<window + 1).elements
                #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
                let doubled = both.slice(axis: 0, window..<window + 1).elements
                #expect(doubled.count == 2560 && zip(doubled, wanted).allSatisfy { abs($0 - $1) < 1e-5 })
            }

            // What is stored makes the same encoder again.
            let stored = folder.appendingPathComponent("stored.yaml")
            try Data(changes.origin.encoderConfiguration.utf8).write(to: stored)
            let again = try EncoderSettings.load(configuration: stored.path, weights: weights, seed: 0)
            #expect(again.origin == changes.origin)

            func refused(_ name: String, _ text: String, precision: ComputePrecision = .float32, rules: String? = nil) {
                #expect {
                    try EncoderSettings.load(
                        configuration: name, weights: weights, seed: 0, precision: precision, protocol: rules)
                } throws: {
                    "\($0)".contains(text)
                }
            }
            refused("videomae-base", "holds EfficientNet-Lite0; expected videomae-base")
            refused("efficientnet-lite0", "computes in float32, not in bfloat16", precision: .bfloat16)
            refused("efficientnet-lite0", "keeps 'image_embeds'; expected pooled", rules: "clip-1fps")
            let other = Fixture.url("encoders/dinov2/registers/model.safetensors").path
            #expect {
                try EncoderSettings.load(configuration: "efficientnet-lite0", weights: other, seed: 0)
            } throws: {
                "\($0)".contains("expected EfficientNet-Lite0")
            }
        }
    }

    @Test("a frame that several windows show is encoded once, and nothing of the features changes")
    func overlappingWindows() throws {
        try TemporaryFolder.with { folder in
            let encoder = try Self.lite0("mean-and-changes", strideFrames: 2, Self.lite0Weights(in: folder))
            let video = folder.appendingPathComponent("v.mp4")
            try TestVideo.writeMovingSquare(to: video, count: 12)
            let sampler = ClipSampler(
                decoder: try VideoDecoder(path: video.path), clock: encoder.clock(own: FrameRate(10)),
                shape: encoder.frameShape, transform: encoder.frameTransform)
            var clips: [Clip] = []
            while let clip = try sampler.next() { clips.append(clip) }
            // Windows of four every two frames, of which frames 1 and 3 are taken: neighbours share one.
            let distinct = DistinctFrames(clips)
            #expect(clips.count == 5 && distinct.firsts.count == 6)
            #expect(distinct.numbers == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5])
            let alone = Tensor.concatenated(clips.map { encoder.encode([$0]) }, axis: 0)
            #expect(encoder.encode(clips).elements == alone.elements)

            // The same moment of another video is another frame.
            let other = Clip(
                index: 0, frameCount: clips[0].frameCount, height: clips[0].height, width: clips[0].width,
                pixels: clips[0].pixels.map { $0 ^ 1 }, seconds: clips[0].seconds,
                sourceSeconds: clips[0].sourceSeconds, paddedFrames: 0)
            #expect(DistinctFrames([clips[0], other, clips[0]]).numbers == [0, 1, 2, 3, 0, 1])
        }
    }

    private static let clips = """
        kind: onnx
        name: made
        input: pixels
        layout: NCTHW
        output: maps
        output_layout: NCTHW
        pooling: mean
        protocol:
          name: tested
          frame_rate: 0
          stride_frames: 3
          window_frames: 4
          frames: 4
          last_window: drop
          preprocessing: {library: pillow, height: 10, width: 12, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4]}
        """

    @Test("ONNX: windows on their grid, each encoded by the model", .enabled(if: ONNXRuntime.isPresent))
    func onnx() throws {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("made.yaml")
            try Data(Self.clips.utf8).write(to: file)
            let model = Fixture.url("encoders/onnx/clips.onnx").path
            let encoder = try EncoderSettings.load(configuration: file.path, weights: model, seed: 0)
            #expect(encoder.channels == 5 && encoder.engine?.hasPrefix("ONNX Runtime") == true)
            #expect(encoder.origin.encoder == "made@tested" && encoder.origin.weightsSHA256.count == 64)
            let (sequence, frames) = try Self.features(encoder, frames: 11)
            #expect(sequence.features.shape == [3, 5])
            #expect(sequence.grid == SnippetGrid(frameRateNumerator: 10, strideFrames: 3, windowFrames: 4))
            let settings = try ONNXSettings.load(from: file.path),
                direct = try ONNXEncoder(path: model, settings: settings)
            let preprocessing = settings.protocol.preprocessing
            for row in 0..<3 {
                let window = frames[3 * row..<3 * row + 4].map {
                    preprocessing.normalized(preprocessing.pixels(of: $0))
                }
                let wanted = try direct(.stacked(window)).elements
                #expect(sequence.features.slice(axis: 0, row..<row + 1).elements == wanted)
            }
            let stored = folder.appendingPathComponent("stored.yaml")
            try Data(encoder.origin.encoderConfiguration.utf8).write(to: stored)
            let again = try EncoderSettings.load(configuration: stored.path, weights: model, seed: 0)
            #expect(again.origin == encoder.origin)
            #expect {
                try EncoderSettings.load(configuration: file.path, weights: nil, seed: 0)
            } throws: {
                "\($0)".contains("weights are needed")
            }
            #expect(throws: ExtractionError.self) {
                try EncoderSettings.load(configuration: file.path, weights: model, seed: 0, precision: .bfloat16)
            }
        }
    }
}
