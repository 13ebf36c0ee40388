import Files
import Foundation
import TestSupport
import Testing

@testable import Encoders

@Suite("SigLIP's tokenizer")
struct UnigramTokenizerTests {
    private struct Texts: Decodable {
        struct Text: Decodable {
            var text: String
            var ids: [Int]
        }
        var texts: [Text]
    }

    private static let folder = Fixture.url("encoders/siglip/tokenizer")

    /// The numbers are those of SentencePiece for a small vocabulary, after Hugging Face's preparation of texts.
    @Test("cuts texts as SentencePiece does, and fills them up with ends")
    func texts() throws {
        let tokenizer = try UnigramTokenizer(path: Self.folder.appendingPathComponent("tokenizer.json").path)
        #expect((tokenizer.count, tokenizer.end) == (400, 1))
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("texts.json"))
        let texts = try JSONDecoder().decode(Texts.self, from: data).texts
        #expect(texts.count > 10)
        for text in texts {
            let expected = Array(text.ids.prefix(63)) + [Int](repeating: 1, count: max(1, 64 - text.ids.count))
            #expect(tokenizer.encode(text.text) == Array(expected.prefix(64)), "\(text.text)")
        }
        #expect(tokenizer.encode("a person falls", length: 4) == [14, 3, 29, 1])
    }

    /// A message of SentencePiece's with the pieces of the fixture.
    private static func model(kind: UInt8 = 1) throws -> [UInt8] {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            let low = UInt8(content.count & 0x7F), high = UInt8(content.count >> 7)
            return [number << 3 | 2] + (high > 0 ? [low | 0x80, high] : [low]) + content
        }
        let data = try Data(contentsOf: folder.appendingPathComponent("tokenizer.json"))
        guard case .array(let pieces)? = try JSONDecoder().decode(JSON.self, from: data)["model"]?["vocab"] else {
            return []
        }
        let all = pieces.enumerated().flatMap { number, piece -> [UInt8] in
            guard case .array(let pair) = piece, let text = pair[0].string, let score = pair[1].number else {
                return []
            }
            let bits = withUnsafeBytes(of: Float(score).bitPattern.littleEndian) { Array($0) }
            let kind: UInt8 = number < 2 ? 3 : number == 2 ? 2 : 1
            return field(1, field(1, Array(text.utf8)) + [2 << 3 | 5] + bits + [3 << 3, kind])
        }
        return all + field(2, [3 << 3, kind])
    }

    @Test("spiece.model gives the same; damaged ones and other kinds are refused by name")
    func sentencePiece() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("spiece.model").path
            let bytes = try Self.model()
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let tokenizer = try UnigramTokenizer(path: path)
            let other = try UnigramTokenizer(path: Self.folder.appendingPathComponent("tokenizer.json").path)
            for text in ["a person falls", "zürich 東京 ok", ""] { #expect(tokenizer.encode(text) == other.encode(text)) }

            let bad: [(bytes: [UInt8], words: String)] = [
                (try Self.model(kind: 2), "expected 1 (unigram)"), (Array(bytes.prefix(700)), "damaged"),
                ([], "damaged"),
                (Array("no model".utf8), "damaged"),
            ]
            for (bytes, words) in bad {
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                #expect { try UnigramTokenizer(path: path) } throws: {
                    "\($0)".contains(path) && "\($0)".contains(words)
                }
            }
        }
    }

    @Test(
        "a tokenizer.json of another kind is refused by name",
        arguments: [
            ("{\"model\": {\"type\": \"BPE\", \"vocab\": {}}}", "'BPE'"), ("[1]", "a JSON object"),
            ("{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"a\", -1]]}}", "'</s>'"),
            ("{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"</s>\", -1]]}}", "unknown characters"),
            ("{\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"</s>\"]]}}", "no piece with its score"),
        ])
    func otherKinds(_ text: String, words: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("tokenizer.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect { try UnigramTokenizer(path: path) } throws: { "\($0)".contains(path) && "\($0)".contains(words) }
        }
    }
}
