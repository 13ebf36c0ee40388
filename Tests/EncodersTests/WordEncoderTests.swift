import Foundation
import Tensors
import TestSupport
import Testing

@testable import Encoders

@Suite("The words of published models")
struct WordEncoderTests {
    private struct Texts: Decodable {
        var texts: [String]
        var ids: [[Int]]
        enum CodingKeys: String, CodingKey {
            case texts
            case ids = "input_ids"
        }
    }

    @Test("texts become the vectors of the reference, from a text to the common space")
    func clip() throws { try Fixture.withEncoder("clip/hf", embedsTexts) }

    private func embedsTexts(_ folder: URL) throws {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let words = try WordEncoder(weights: path("model.safetensors"), configuration: path("config.json"))
        #expect((words.family, words.imageFeature) == ("CLIP", "image_embeds"))
        let texts = try JSONDecoder().decode(
            Texts.self, from: Data(contentsOf: folder.appendingPathComponent("texts.json")))
        for (text, ids) in zip(texts.texts, texts.ids) {
            // The reference fills a text up with ends; nothing after the first one counts.
            let end = ids.firstIndex(of: words.tower.vocabulary - 1) ?? ids.count - 1
            #expect(words.pieces(text) == Array(ids[...end]), "\(text)")
        }
        let expected = try SafetensorsFile(path: path("outputs.safetensors")).tensor(named: "text/text_embeds")
            .l2Normalized()
        let found = try words.embed(texts.texts)
        #expect(found.shape == expected.shape)
        for (one, other) in zip(found.elements, expected.elements) { #expect(abs(one - other) < 2e-5) }
    }

    @Test("what is missing for words is named")
    func missing() throws {
        func load(_ name: String) throws {
            try Fixture.withEncoder(name) {
                _ = try WordEncoder(weights: $0.appendingPathComponent("model.safetensors").path, configuration: nil)
            }
        }
        #expect { try load("siglip/hf") } throws: {
            "\($0)".contains("expected tokenizer.json or spiece.model beside it")
        }
        #expect { try load("videomae/hf_pretrain") } throws: { "\($0)".contains("VideoMAE") }
    }

    @Test("a SigLIP cuts, fills up and embeds with the tokenizer beside it")
    func siglip() throws { try Fixture.withEncoder("siglip/hf", embedsWithTokenizer) }

    private func embedsWithTokenizer(_ source: URL) throws {
        try TemporaryFolder.with { folder in
            for name in ["model.safetensors", "config.json"] {
                try FileManager.default.copyItem(
                    at: source.appendingPathComponent(name), to: folder.appendingPathComponent(name))
            }
            // A vocabulary that the small tower knows.
            let vocabulary =
                "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 2, \"vocab\": [[\"<pad>\", 0], [\"</s>\", 0], "
                + "[\"<unk>\", 0], [\"\u{2581}\", -2], [\"a\", -3], [\"\u{2581}a\", -1]]}}"
            try Data(vocabulary.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
            let words = try WordEncoder(
                weights: folder.appendingPathComponent("model.safetensors").path,
                configuration: folder.appendingPathComponent("config.json").path)
            let length = words.tower.context
            #expect((words.family, words.imageFeature) == ("SigLIP", "pooled"))
            #expect(words.pieces("A!") == [5] + [Int](repeating: 1, count: length - 1))
            let vector = try words.embed(["a"])
            #expect(vector.elements == (try words.tower(words.pieces("a")).l2Normalized()).elements)
        }
    }
}
