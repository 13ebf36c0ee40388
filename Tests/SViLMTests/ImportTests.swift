import Foundation
import TestSupport
import Testing

@testable import SViLM
@testable import Tensors

/// Against `eval/references/svilm_imports.py`.
@Suite("Published weights against the PyTorch reference")
struct ImportTests {
    private struct TextCase: Decodable {
        var ids: [Int]
        var hidden: [Float]
    }

    private struct VisionCase: Decodable {
        var pixels: [UInt8]
        var embedded: [Float]
        var hidden: [Float]
    }

    private static func path(_ name: String) -> String {
        SharedData.fixture("svilm/imports/\(name).safetensors").path
    }

    private static func decode<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        let data = try Data(contentsOf: SharedData.fixture("svilm/imports/imports.json"))
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let item = try #require(object?[name])
        return try JSONDecoder().decode(type, from: JSONSerialization.data(withJSONObject: item))
    }

    private static let vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + (4..<12).map { "w\($0)" }

    private static func worst(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    @Test("an imported BERT gives the vectors that BERT gives")
    func bert() throws {
        let reference = try Self.decode("bert", as: TextCase.self)
        let (encoder, report) = try BERTImport.textEncoder(
            from: Self.path("bert"), vocabulary: try WordPieceVocabulary(pieces: Self.vocabulary), heads: 2,
            maximumLength: 8, commonSpace: 4, seed: 1)
        #expect(encoder.configuration.depth == 2 && encoder.configuration.feedForwardRatio == 2)
        #expect(Self.worst(encoder.hidden([reference.ids]).elements, reference.hidden) < 1e-5)
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
        _ tubelet: EncoderConfiguration.Tubelet, _ change: (inout EncoderConfiguration) -> Void = { _ in }
    ) -> VideoEncoder {
        var configuration = EncoderConfiguration()
        configuration.frames = 2
        configuration.imageSize = 8
        configuration.patchSize = 4
        configuration.width = 8
        configuration.depth = 2
        configuration.heads = 2
        configuration.feedForwardRatio = 2
        configuration.groups = 2
        configuration.commonSpace = 4
        configuration.tubelet = tubelet
        change(&configuration)
        return VideoEncoder(configuration, seed: 5)
    }

    @Test(
        "imported layers compute what the published model computes, for either kind of tubelet",
        arguments: [
            ("vit", VisionImport.Model.vit), ("vit-timm", .vit), ("clip", .clip), ("clip-openai", .clip),
            ("videomae", .videomae),
        ], [EncoderConfiguration.Tubelet.plain, .meanDifference])
    func vision(release: (name: String, model: VisionImport.Model), tubelet: EncoderConfiguration.Tubelet) throws {
        let reference = try Self.decode(release.name, as: VisionCase.self)
        let encoder = Self.encoder(tubelet)
        let time = encoder.position.time.value
        let report = try VisionImport.fill(encoder, from: Self.path(release.name), of: release.model)
        let input = Tubelets(encoder.configuration)(reference.pixels, frames: 2, height: 8, width: 8)
        let embedded = encoder.tubeletEmbedding(.stacked([input]))
        #expect(Self.worst(embedded.elements, reference.embedded) < 1e-4)
        // The reference has no position where the file has none.
        let isVideo = release.model == .videomae
        var tokens = (isVideo ? embedded : encoder.position(embedded, rows: 2, columns: 2)).reshaped([1, 4, 8])
        for block in encoder.blocks { tokens = block(tokens) }
        #expect(Self.worst(encoder.norm(tokens).elements, reference.hidden) < 1e-4)
        #expect(report.unused.allSatisfy { $0.hasSuffix("head.weight") })
        #expect(report.random.contains("group_tokens") && report.random.contains("position.time") == isVideo)
        if isVideo { #expect(encoder.position.time.value.elements == time.elements) }
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
