import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite("The packed encoder computes what the plain one does")
struct PackedTransformerTests {
    /// A model of random weights with everything that a switch can ask for.
    private static func model(
        head: Int, heads: Int = 2, patch: Int = 8, tubelet: Int = 2, positions: TransformerSettings.Positions,
        activation: TransformerSettings.Activation = .gelu, prefix: Int = 0, isRMS: Bool = false, scales: Bool = false
    ) -> VisionTransformer {
        var generator = RandomGenerator(seed: UInt64(head + 1000 * prefix))
        let width = head * heads, hidden = 96
        func random(_ shape: [Int], _ scale: Float) -> Tensor { .normal(shape, using: &generator) * scale }
        func linear(_ outputs: Int, _ inputs: Int, bias: Bool = true) -> LinearWeights {
            LinearWeights(
                weight: random([outputs, inputs], 1 / Float(inputs).squareRoot()),
                bias: bias ? random([outputs], 0.2) : nil)
        }
        func norm(bias: Bool? = nil) -> NormWeights {
            NormWeights(
                weight: random([width], 0.2) + 1, bias: bias ?? !isRMS ? random([width], 0.2) : nil, epsilon: 1e-6)
        }
        var settings = TransformerSettings(
            width: width, depth: 2, heads: heads, hidden: hidden, patch: patch, tubelet: tubelet, imageSize: 3 * patch,
            frames: 2 * tubelet, positions: positions, activation: activation, pooling: .mean)
        settings.prefixTokens = prefix
        let blocks = (0..<2).map { _ in
            BlockWeights(
                attentionNorm: norm(), query: linear(width, width), key: linear(width, width, bias: false),
                value: linear(width, width), queryNorm: isRMS ? norm() : nil, keyNorm: isRMS ? norm() : nil,
                projection: linear(width, width), attentionScale: scales ? random([width], 0.5) : nil,
                feedForwardNorm: norm(), expand: linear(hidden, width), contract: linear(width, hidden),
                feedForwardScale: scales ? random([width], 0.5) : nil)
        }
        let tokens = settings.trainedGrid.count + (prefix > 0 ? 1 : 0)
        let hasTable = if case .table = positions { true } else { false }
        let weights = TransformerWeights(
            patch: linear(width, tubelet * patch * patch * 3), videoVector: random([width], 0.5),
            classToken: prefix > 0 ? random([width], 0.5) : nil,
            registers: prefix > 1 ? random([prefix - 1, width], 0.5) : nil,
            positions: hasTable ? random([tokens, width], 0.5) : nil, normBefore: prefix > 0 ? norm(bias: true) : nil,
            blocks: blocks, finalNorm: norm(bias: true))
        return VisionTransformer(settings, name: "random", weights: weights)
    }

    private static let cases: [(String, VisionTransformer)] = [
        ("head 64", model(head: 64, positions: .sinusoid(.resized))),
        ("head 72", model(head: 72, positions: .sinusoid(.resized), activation: .geluTanh)),
        ("head 80", model(head: 80, positions: .rotary(.init(isTrueRotation: false)))),
        ("head 88", model(head: 88, positions: .table(antialias: false), prefix: 1, isRMS: true, scales: true)),
        (
            "patch 14",
            model(head: 64, patch: 14, tubelet: 1, positions: .table(antialias: true), prefix: 5, scales: true)
        ),
        ("turned, 72", model(head: 72, positions: .rotary(.init(isTrueRotation: true, trainedGrid: 16)))),
        ("quick", model(head: 32, positions: .table(antialias: false), activation: .quickGELU, prefix: 1)),
    ]

    private static func pixels(_ model: VisionTransformer, rows: Int) -> Tensor {
        var generator = RandomGenerator(seed: 3)
        let settings = model.settings
        return .normal([2 * settings.tubelet, rows * settings.patch, 5 * settings.patch, 3], using: &generator)
    }

    @Test("in float32 every stage is the same up to rounding", .enabled(if: ComputePrecision.float32.hasPackedKernels))
    func float32() throws {
        for (name, model) in Self.cases {
            #expect(PackedTransformer.obstacle(model.settings, precision: .float32) == nil)
            let packed = PackedTransformer(model, precision: .float32)
            // Another size first, so that nothing of it is left in memory that is used again.
            for rows in [5, 3, 7] {
                let pixels = Self.pixels(model, rows: rows)
                var plain: [String: Tensor] = [:], fast: [String: Tensor] = [:]
                let expected = model.run(pixels) { plain[$0] = $1 }
                let found = packed(pixels) { fast[$0] = $1 }
                #expect(Set(plain.keys) == Set(fast.keys))
                #expect(found.grid == expected.grid)
                for (stage, tensor) in plain {
                    let other = try #require(fast[stage])
                    let worst = zip(tensor.elements, other.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
                    #expect(worst < 2e-5, "\(name) \(stage): \(worst)")
                }
            }
        }
    }

    @Test("in bfloat16 tokens point the same way", .enabled(if: ComputePrecision.bfloat16.hasPackedKernels))
    func bfloat16() {
        for (name, model) in Self.cases {
            let packed = PackedTransformer(model, precision: .bfloat16)
            let pixels = Self.pixels(model, rows: 4)
            let expected = model.run(pixels).tokens, found = packed(pixels, observe: nil).tokens
            let cosines = (expected.l2Normalized() * found.l2Normalized()).sum(axes: [1]).elements
            #expect((cosines.min() ?? 0) > 0.9995, "\(name): \(cosines.min() ?? 0)")
        }
    }

    @Test(
        "clips that are encoded together, more than fit at once, come out as when encoded alone, to the bit",
        .enabled(if: ComputePrecision.bfloat16.hasPackedKernels), arguments: [ComputePrecision.float32, .bfloat16])
    func together(_ precision: ComputePrecision) throws {
        for (name, model) in Self.cases {
            let packed = PackedTransformer(model, precision: precision)
            let settings = model.settings, side = settings.patch
            var generator = RandomGenerator(seed: 5)
            let grid = settings.grid(frames: 2 * settings.tubelet, height: 7 * side, width: 9 * side)
            let fitting = PackedTransformer.clipsTogether(tokens: grid.count + settings.prefixTokens)
            #expect(fitting > 2)
            let clips = (0..<fitting + 2).map { _ in
                Tensor.normal([2 * settings.tubelet, 7 * side, 9 * side, 3], using: &generator)
            }
            let all = packed(clips)
            #expect(all.count == clips.count)
            for (clip, found) in zip(clips, all) {
                #expect(found.tokens.elements == packed(clip, observe: nil).tokens.elements, "\(name)")
            }
        }
    }

    @Test(
        "weights packed while they are read give the same, to the bit",
        .enabled(if: ComputePrecision.float32.hasPackedKernels))
    func packedWhileRead() throws {
        for name in ParityTests.own {
            let folder = try EncoderFolder(Fixture.url("encoders/\(name)").path)
            let file = try PublishedFile(path: folder.weights), settings = try folder.readConfiguration()
            let kept = try PublishedEncoder(file, configuration: settings)
            let read = try PublishedEncoder(file, configuration: settings, packing: .float32)
            let model = kept.model.settings, side = model.imageSize
            #expect(read.model.settings == model && read.leftOver == kept.leftOver)
            var generator = RandomGenerator(seed: 7)
            let pixels = Tensor.normal([model.frames, side, side, 3], using: &generator)
            let later = try FrozenTransformer(kept, precision: .float32),
                engine = try FrozenTransformer(read, precision: .float32)
            #expect(later.isPacked && engine.isPacked)
            #expect(engine(pixels).tokens.elements == later(pixels).tokens.elements)
            #expect(engine.feature(.pooled, of: pixels).elements == later.feature(.pooled, of: pixels).elements)
            // The blocks are gone: neither another precision nor the plain definition can be had.
            #expect(throws: EncoderError.self) { try FrozenTransformer(read, precision: .bfloat16) }
            #expect(throws: EncoderError.self) { try read.model.encode(pixels) }
        }
    }

    @Test("what cannot be packed says why")
    func obstacles() {
        var settings = Self.cases[0].1.settings
        settings.isGated = true
        #expect(PackedTransformer.obstacle(settings, precision: .float32) != nil)
        settings.isGated = false
        settings.hidden = 100
        #expect(PackedTransformer.obstacle(settings, precision: .float32) != nil)
    }
}
