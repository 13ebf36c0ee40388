import Foundation
import Inference
import ModelSupport
import Networks
import Testing
import Threads

@testable import SViLM
@testable import Tensors

@Suite("The encoder made ready for inference")
struct InferenceEncoderTests {
    static let canRun = InferenceModel.canRun
    static let canRunHalves = InferenceModel.canRunHalves

    static func configuration(_ change: (inout EncoderConfiguration) -> Void = { _ in }) -> EncoderConfiguration {
        InferenceModel.configuration(change)
    }

    static func clip(_ configuration: EncoderConfiguration, seed: UInt64) -> (pixels: [UInt8], tubelets: Tensor) {
        InferenceModel.clip(configuration, seed: seed)
    }

    static func cosine(_ a: Tensor, _ b: Tensor) -> Float { InferenceModel.cosine(a, b) }

    static func largestDifference(_ a: Tensor, _ b: Tensor) -> Float { InferenceModel.largestDifference(a, b) }

    static func encoder(_ configuration: EncoderConfiguration, seed: UInt64) -> VideoEncoder {
        InferenceModel.encoder(configuration, seed: seed)
    }

    static let shapes: [@Sendable (inout EncoderConfiguration) -> Void] = [
        { _ in },
        {
            $0.tubelet = .plain; $0.feature = .moments
        },
        {
            $0.imageSize = 112; $0.frames = 10; $0.groups = 20; $0.global = .groups
        },
        {
            $0.width = 128; $0.heads = 2; $0.feature = .both; $0.featureSpace = .common; $0.groupingAfter = [1, 2]
        },
        {
            $0.patchSize = 8; $0.imageSize = 24; $0.groups = 1; $0.global = .video
        },
    ]

    @Test("in float32 it computes what the encoder computes", .enabled(if: canRun), arguments: shapes.indices)
    func float32(shape: Int) throws {
        let configuration = Self.configuration(Self.shapes[shape])
        let plain = Self.encoder(configuration, seed: 1)
        let fast = try InferenceEncoder(plain, precision: .float32)
        for seed in UInt64(0)..<3 {
            let tubelets = Self.clip(configuration, seed: seed).tubelets
            let expected = plain(tubelets.reshaped([1] + tubelets.shape)), encoded = fast(tubelets)
            #expect(encoded.videoTokens.shape == expected.videoTokens.shape)
            #expect(encoded.assignment.elements == expected.assignment.elements)
            #expect(Self.largestDifference(encoded.videoTokens, expected.videoTokens) < 2e-5)
            #expect(Self.largestDifference(encoded.groupTokens, expected.groupTokens) < 2e-5)
            #expect(Self.largestDifference(encoded.global, expected.global) < 2e-5)
            let features = plain.features(expected)
            #expect(fast.features(of: tubelets).shape == [1, configuration.featureChannels])
            #expect(Self.largestDifference(fast.features(of: tubelets), features) < 2e-5)
        }
    }

    /// Grouping is a choice: where two groups have nearly the same score, as with random weights and random pixels they often
    /// have, rounding decides. What depends on no choice is compared always, and the rest where the choices are the same.
    @Test(
        "in bfloat16 tokens point where those of float32 point", .enabled(if: canRunHalves), arguments: shapes.indices)
    func bfloat16(shape: Int) throws {
        let configuration = Self.configuration {
            Self.shapes[shape](&$0)
            $0.groupingAfter = [$0.depth]
        }
        let plain = Self.encoder(configuration, seed: 2)
        let fast = try InferenceEncoder(plain, precision: .bfloat16)
        for seed in UInt64(0)..<6 {
            let tubelets = Self.clip(configuration, seed: seed).tubelets
            let expected = plain(tubelets.reshaped([1] + tubelets.shape)), encoded = fast(tubelets)
            #expect(Self.cosine(encoded.videoTokens, expected.videoTokens) >= 0.999)
            if encoded.assignment.elements == expected.assignment.elements {
                #expect(Self.cosine(encoded.groupTokens, expected.groupTokens) >= 0.999)
                #expect(Self.cosine(fast.features(of: tubelets), plain.features(expected)) >= 0.999)
            }
        }
    }

    /// A light square that moves over a shaded ground.
    static func movingSquare(_ configuration: EncoderConfiguration, step: Int) -> [UInt8] {
        let size = configuration.imageSize
        var pixels: [UInt8] = []
        for frame in 0..<configuration.frames {
            for y in 0..<size {
                for x in 0..<size {
                    let isInside = abs(x - 12 - step * frame) < 8 && abs(y - 20 - frame) < 8
                    pixels += isInside ? [230, 60, 40] : [UInt8(40 + x), UInt8(60 + y), 90]
                }
            }
        }
        return pixels
    }

    @Test("in bfloat16 the features of the trained encoder keep a cosine of 0.999", .enabled(if: canRunHalves))
    func trainedEncoder() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../models/svilm-tiny")
        let encoder = try EncoderFile.load(
            configuration: folder.appendingPathComponent("encoder.yaml").path,
            weights: folder.appendingPathComponent("encoder.safetensors").path, seed: 0)
        let exact = try InferenceEncoder(encoder, precision: .float32)
        let rounded = try InferenceEncoder(encoder, precision: .bfloat16)
        for step in 0..<6 {
            let pixels = Self.movingSquare(encoder.configuration, step: step)
            #expect(Self.cosine(rounded.features(ofPixels: pixels), exact.features(ofPixels: pixels)) >= 0.999)
        }
    }

    @Test("pixels and tubelets give the same features, again and again and from many threads", .enabled(if: canRun))
    func repetition() throws {
        let configuration = Self.configuration()
        let fast = try InferenceEncoder(Self.encoder(configuration, seed: 3), precision: .float32)
        let clips = (0..<8).map { Self.clip(configuration, seed: $0) }
        let alone = clips.map { fast.features(of: $0.tubelets).elements }
        let together = Parallel.map(clips.count) { fast.features(ofPixels: clips[$0].pixels).elements }
        #expect(together == alone)
    }

    @Test("what it cannot do is refused with the reason")
    func obstacles() {
        let odd = Self.configuration { $0.heads = 8 }
        let obstacle = InferenceEncoder.obstacle(odd, precision: .float32)
        #expect(obstacle != nil && EncoderEngine(odd) == .plain(reason: obstacle ?? ""))
        #expect(FrozenEncoder(VideoEncoder(odd, seed: 1)).engine.description == "plain (\(obstacle ?? ""))")
        #expect(throws: SViLMError.self) {
            try InferenceEncoder(VideoEncoder(odd, seed: 1), precision: .bfloat16)
        }
    }

    @Test("blocks of rows cover all rows once, in whole tiles", arguments: [1, 2, 3, 16], [4, 8, 32])
    func rowBlocks(threads: Int, frames: Int) {
        let layout = EncoderLayout(Self.configuration { $0.frames = frames })
        let blocks = layout.rowBlocks(threads: threads)
        #expect(blocks.flatMap { Array($0) } == Array(0..<layout.rows))
        #expect(blocks.allSatisfy { $0.count % 8 == 0 && $0.count <= EncoderLayout.largestBlock })
    }
}
