import Foundation
import TestSupport
import Testing

@testable import Encoders

@Suite("CLIP's tokenizer")
struct CLIPTokenizerTests {
    private struct Texts: Decodable {
        struct Text: Decodable {
            var text: String
            var hf: [Int]
            var cut: [Int]?
            enum CodingKeys: String, CodingKey {
                case text, hf
                case cut = "hf_cut_at_77"
            }
        }
        var texts: [Text]
    }

    @Test("cuts texts of many scripts as Hugging Face's does")
    func texts() throws {
        let folder = Fixture.url("encoders/clip/tokenizer")
        let tokenizer = try CLIPTokenizer(merges: folder.appendingPathComponent("merges.txt.gz").path)
        #expect(tokenizer.count == 49408)
        #expect((tokenizer.start, tokenizer.end) == (49406, 49407))
        let data = try Data(contentsOf: folder.appendingPathComponent("texts.json"))
        let texts = try JSONDecoder().decode(Texts.self, from: data).texts
        #expect(texts.count > 20)
        for text in texts {
            #expect(tokenizer.encode(text.text, maximumLength: 100_000) == text.hf, "\(text.text)")
            if let cut = text.cut { #expect(tokenizer.encode(text.text) == cut, "\(text.text)") }
        }
    }

    @Test("a vocabulary of few merges numbers its pieces by what it has")
    func few() throws {
        let tokenizer = try CLIPTokenizer(lines: ["#version: 0.2", "t h", "th e</w>"], path: "merges.txt")
        // 't', 'h' and 'e' are the bytes 116, 104 and 101; printable bytes are numbered from 33 on.
        #expect(tokenizer.encode("The t") == [514, 513, 116 - 33 + 256, 515])
        #expect(tokenizer.encode("the the the", maximumLength: 4) == [514, 513, 513, 515])
    }

    @Test("a line that is no merge is refused by name")
    func malformed() {
        #expect { try CLIPTokenizer(lines: ["a b", "no such pieces"], path: "m.txt") } throws: {
            "\($0)".contains("m.txt") && "\($0)".contains("no such pieces")
        }
    }
}
