import Files
import Foundation
import TestSupport
import Testing

@testable import Encoders

@Suite("SigLIP 2's tokenizer")
struct BytePairTokenizerTests {
    private struct Texts: Decodable {
        struct Text: Decodable {
            var text: String
            var ids: [Int]
        }
        var texts: [Text]
    }

    private static let file = Fixture.url("encoders/siglip2/tokenizer/tokenizer.json")

    /// The numbers are those of Hugging Face's tokenizers 0.23.3: `eval/references/siglip2_tokenizer.py`.
    @Test("cuts texts as Hugging Face's library does, ends them and fills them up")
    func texts() throws {
        let tokenizer = try BytePairTokenizer(path: Self.file.path)
        #expect((tokenizer.count, tokenizer.end, tokenizer.padding) == (903, 1, 0))
        let data = try Data(contentsOf: Self.file.deletingLastPathComponent().appendingPathComponent("texts.json"))
        let texts = try JSONDecoder().decode(Texts.self, from: data).texts
        #expect(texts.count == 22)
        for text in texts { #expect(tokenizer.encode(text.text) == text.ids, "\(text.text)") }
        #expect(tokenizer.encode("a person falls", length: 4) == [357, 767, 315, 1])
        #expect(tokenizer.encode("a person falls", length: 1) == [1])
    }

    @Test("the file says which tokenizer a SigLIP has, and older files write pairs as one text")
    func recognises() throws {
        let tokenizer = try SigLIPTokenizer(path: Self.file.path)
        guard case .bytePair = tokenizer else {
            Issue.record("taken for a unigram model")
            return
        }
        #expect((tokenizer.count, tokenizer.encode("a person falls", length: 5)) == (903, [357, 767, 315, 444, 1]))
        let unigram = Fixture.url("encoders/siglip/tokenizer/tokenizer.json").path
        guard case .unigram = try SigLIPTokenizer(path: unigram) else {
            Issue.record("taken for byte pairs")
            return
        }
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("tokenizer.json").path
            let text = try String(contentsOf: Self.file, encoding: .utf8)
            let older = text.replacing(#/\["([^" ]+)","([^" ]+)"\]/#) { "\"\($0.1) \($0.2)\"" }
            #expect(older != text)
            try Data(older.utf8).write(to: URL(fileURLWithPath: path))
            #expect(try BytePairTokenizer(path: path).encode("a person falls", length: 5) == [357, 767, 315, 444, 1])
        }
    }

    /// A whole file from the parts of its model.
    private static func file(
        _ model: String, normalizer: String = #"{"type":"Replace","pattern":{"String":" "},"content":"▁"}"#,
        splitter: String = "null"
    ) -> String {
        #"{"normalizer":\#(normalizer),"pre_tokenizer":\#(splitter),"model":{"type":"BPE",\#(model)}}"#
    }

    @Test(
        "other models, and files that contradict themselves, are refused by name",
        arguments: [
            (file(#""vocab":{"<pad>":0,"<eos>":1,"<unk>":2}"#), "unknown characters"),
            (file(#""unk_token":"<unk>","vocab":{"<pad>":0,"<unk>":2}"#), "'<eos>'"),
            (
                file(#""unk_token":"<unk>","vocab":{"<pad>":0,"<eos>":1,"<unk>":2,"a":3},"merges":[["a","b"]]"#),
                "joins 'a' and 'b'"
            ),
            (file(#""vocab":{"a":0},"merges":["a b c"]"#), "a pair that is not two pieces"),
            (file(#""vocab":{"a":0.5}"#), "a whole number"), (file(#""vocab":{"a":99999999}"#), "a whole number"),
            (file(#""vocab":{"a":0}"#, normalizer: "null"), "by other steps (none)"),
            (file(#""vocab":{"a":0}"#, splitter: #"{"type":"ByteLevel"}"#), "ByteLevel"),
            (#"{"model":{"type":"BPE","vocab":{"a":0"#, "cut off"),
        ])
    func refuses(_ text: String, words: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("tokenizer.json").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect {
                try SigLIPTokenizer(path: path)
            } throws: {
                "\($0)".contains(path) && "\($0)".contains(words)
            }
        }
    }

    @Test("a character that no piece holds is unknown where the file has no bytes, once for several in a row")
    func unknown() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("tokenizer.json").path
            let model = #""unk_token":"<unk>","vocab":{"<pad>":0,"<eos>":1,"<unk>":2,"a":3,"aa":4},"merges":["a a"]"#
            try Data(Self.file(model).utf8).write(to: URL(fileURLWithPath: path))
            #expect(try BytePairTokenizer(path: path).encode("aaa東京A", length: 7) == [4, 3, 2, 3, 1, 0, 0])
        }
    }
}
