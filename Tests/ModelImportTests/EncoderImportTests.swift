import Foundation
import Networks
import TestSupport
import Testing

@testable import ModelImport
@testable import SViLM
@testable import Tensors

/// Against `eval/references/svilm_imports.py`.
@Suite("Published weights against the PyTorch reference")
struct ImportTests {
    /// What PyTorch makes of a text, or of a clip.
    private struct Reference: Decodable {
        var ids: [Int]?
        var pixels: [UInt8]?
        var embedded: [Float]?
        var hidden: [Float]
    }

    /// A set of reference files: the small one of the fixtures, or one of the published sizes.
    struct Size: Sendable, CustomTestStringConvertible {
        var name: String
        var folder: URL
        var width: Int
        var heads: Int
        var depth: Int
        var ratio: Int
        var patch: Int
        var side: Int
        var words: Int

        var testDescription: String { name }

        static let small = Size(
            name: "small", folder: Fixture.url("svilm/imports"), width: 8, heads: 2, depth: 2, ratio: 2,
            patch: 4,
            side: 2, words: 12)

        /// The small one, and where `TAL_IMPORTS_AT_SIZE` names a folder the other.
        static let all: [Size] = {
            guard let folder = ProcessInfo.processInfo.environment["TAL_IMPORTS_AT_SIZE"] else { return [small] }
            let base = Size(
                name: "base", folder: URL(fileURLWithPath: folder), width: 768, heads: 12, depth: 12, ratio: 4,
                patch: 16,
                side: 14, words: 30522)
            return [small, base]
        }()

        func path(_ name: String) -> String { folder.appendingPathComponent("\(name).safetensors").path }
    }

    /// A published kind of file.
    struct Release: Sendable, CustomTestStringConvertible {
        var name: String
        var model: VisionImport.Model

        var testDescription: String { name }

        static let all = [
            Release(name: "vit", model: .vit), Release(name: "vit-timm", model: .vit),
            Release(name: "clip", model: .clip), Release(name: "clip-openai", model: .clip),
            Release(name: "videomae", model: .videomae), Release(name: "videomae-transformers", model: .videomae),
        ]
    }

    private static func path(_ name: String) -> String { Size.small.path(name) }

    /// Read once, since those of the published sizes are long.
    private static let references: [String: [String: Reference]] = Dictionary(
        uniqueKeysWithValues: Size.all.map { size in
            let data = try? Data(contentsOf: size.folder.appendingPathComponent("imports.json"))
            return (size.name, (try? JSONDecoder().decode([String: Reference].self, from: data ?? Data())) ?? [:])
        })

    private static func reference(_ name: String, size: Size) throws -> Reference {
        try #require(references[size.name]?[name])
    }

    private static let vocabulary = vocabulary(12)

    private static func vocabulary(_ count: Int) -> [String] {
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + (4..<count).map { "w\($0)" }
    }

    private static func worst(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    @Test("an imported BERT gives the vectors that BERT gives", arguments: Size.all)
    func bert(size: Size) throws {
        let reference = try Self.reference("bert", size: size)
        let (encoder, report) = try BERTImport.textEncoder(
            from: size.path("bert"), vocabulary: try WordPieceVocabulary(pieces: Self.vocabulary(size.words)),
            heads: size.heads, maximumLength: 8, commonSpace: 4, seed: 1)
        #expect(encoder.configuration.depth == size.depth && encoder.configuration.feedForwardRatio == size.ratio)
        let ids = try #require(reference.ids)
        #expect(Self.worst(encoder.hidden([ids]).elements, reference.hidden) < 1e-5)
        #expect(report.random == ["projection.weight", "projection.bias"])
        #expect(report.unused == ["bert.pooler.dense.weight"])
    }

    @Test("a BERT with another vocabulary, or too short, is refused")
    func unfitBERT() throws {
        #expect(throws: SViLMError.self) {
            try BERTImport.textEncoder(
                from: Self.path("bert"), vocabulary: try WordPieceVocabulary(pieces: Self.vocabulary + ["more"]),
                heads: 2,
                maximumLength: 8, seed: 1)
        }
        #expect(throws: SViLMError.self) {
            try BERTImport.textEncoder(
                from: Self.path("bert"), vocabulary: try WordPieceVocabulary(pieces: Self.vocabulary), heads: 2,
                maximumLength: 11, seed: 1)
        }
        #expect(throws: TensorFileError.self) {
            try BERTImport.textEncoder(
                from: Self.path("vit"), vocabulary: try WordPieceVocabulary(pieces: Self.vocabulary), seed: 1)
        }
    }

    private static func encoder(
        _ tubelet: EncoderConfiguration.Tubelet, size: Size = .small,
        _ change: (inout EncoderConfiguration) -> Void = { _ in }
    ) -> VideoEncoder {
        var configuration = EncoderConfiguration()
        configuration.frames = 2
        configuration.imageSize = size.patch * size.side
        configuration.patchSize = size.patch
        configuration.width = size.width
        configuration.depth = size.depth
        configuration.heads = size.heads
        configuration.feedForwardRatio = size.ratio
        configuration.groups = 2
        configuration.commonSpace = 4
        configuration.tubelet = tubelet
        change(&configuration)
        return VideoEncoder(configuration, seed: 5)
    }

    @Test("imported layers compute what the published model computes", arguments: Release.all, Size.all)
    func vision(release: Release, size: Size) throws {
        let reference = try Self.reference(release.name, size: size)
        let pixels = try #require(reference.pixels), patches = try #require(reference.embedded)
        for tubelet in [EncoderConfiguration.Tubelet.plain, .meanDifference] {
            let encoder = Self.encoder(tubelet, size: size)
            let time = encoder.position.time.value
            let report = try VisionImport.fill(encoder, from: size.path(release.name), of: release.model)
            let side = size.side
            let input = Tubelets(encoder.configuration)(
                pixels, frames: 2, height: side * size.patch, width: side * size.patch)
            let embedded = encoder.tubeletEmbedding(.stacked([input]))
            #expect(Self.worst(embedded.elements, patches) < 1e-4)
            // The reference has no position where the file has none.
            let isVideo = release.model == .videomae
            let placed = isVideo ? embedded : encoder.position(embedded, rows: side, columns: side)
            var tokens = placed.reshaped([1, side * side, size.width])
            for block in encoder.blocks { tokens = block(tokens) }
            #expect(Self.worst(encoder.norm(tokens).elements, reference.hidden) < 1e-4)
            let useless = ["head.weight", "class_embedding", "cls_token", "pre_layrnorm", "ln_pre"]
            #expect(report.unused.allSatisfy { name in useless.contains { name.contains($0) } })
            #expect(report.random.contains("group_tokens") && report.random.contains("position.time") == isVideo)
            #expect(!report.random.contains { $0.hasPrefix("norm.") || $0.hasPrefix("blocks.") })
            if isVideo { #expect(encoder.position.time.value.elements == time.elements) }
        }
    }

    @Test("position embeddings are interpolated to another grid")
    func interpolation() throws {
        let encoder = Self.encoder(.plain) { $0.imageSize = 16 }
        _ = try VisionImport.fill(encoder, from: Self.path("vit"), of: .vit)
        let table = try SafetensorsFile(path: Self.path("vit")).tensor(named: "vit.embeddings.position_embeddings")
        let space = encoder.position.space.value
        #expect(space.shape == [16, 8])
        // The corners of a grid twice as fine lie outside the centres of the old one and repeat their values.
        for (new, old) in [(0, 1), (3, 2), (12, 3), (15, 4)] {
            for channel in 0..<8 { #expect(abs(space[new, channel] - table[0, old, channel]) < 1e-5) }
        }
    }

    @Test("an encoder of another size is refused and stays as it is")
    func unfit() throws {
        for encoder in [Self.encoder(.plain) { $0.depth = 3 }, Self.encoder(.plain) { $0.width = 16 }] {
            let before = encoder.parameters.map(\.value.elements)
            #expect(throws: (any Error).self) { try VisionImport.fill(encoder, from: Self.path("vit"), of: .vit) }
            #expect(encoder.parameters.map(\.value.elements) == before)
        }
        #expect(throws: TensorFileError.self) {
            try VisionImport.fill(Self.encoder(.plain), from: Self.path("bert"), of: .clip)
        }
    }
}
