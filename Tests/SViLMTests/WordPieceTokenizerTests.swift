import Foundation
import TestSupport
import Testing

@testable import SViLM

@Suite("Word pieces")
struct WordPieceTokenizerTests {
    private struct Case: Decodable {
        var text: String
        var pieces: [String]
        var ids: [Int]
    }

    /// BERT's vocabulary where it is there. Else one of its size that has its special pieces and those of the cases where BERT
    /// has them: no longer piece of BERT's fits where the reference took one of these.
    private func vocabulary(of cases: [Case]) throws -> WordPieceVocabulary {
        if SharedData.isPresent {
            return try WordPieceVocabulary(path: SharedData.url("data/text/bert_base_uncased_vocab.txt").path)
        }
        var pieces = (0..<30522).map { "[unused\($0)]" }
        pieces[0] = "[PAD]"
        for (id, piece) in zip(100..., ["[UNK]", "[CLS]", "[SEP]", "[MASK]"]) { pieces[id] = piece }
        for item in cases {
            for (piece, id) in zip(item.pieces, item.ids) { pieces[id] = piece }
        }
        return try WordPieceVocabulary(pieces: pieces)
    }

    @Test("odd texts are cut as the reference cuts them")
    func reference() throws {
        let data = try Data(contentsOf: Fixture.url("svilm/wordpiece.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count > 20)
        let tokenizer = WordPieceTokenizer(try vocabulary(of: cases))
        for item in cases {
            #expect(tokenizer.pieces(of: item.text) == item.pieces, "\(item.text)")
            let ids = tokenizer.encode(item.text, maximumLength: 1 << 20)
            #expect(ids == [101] + item.ids + [102], "\(item.text)")
        }
    }

    @Test("the vocabulary of BERT has its special pieces where BERT has them")
    func specialPieces() throws {
        let vocabulary = try vocabulary(of: [])
        #expect(vocabulary.pieces.count == 30522)
        #expect(vocabulary.padding == 0)
        #expect(vocabulary.unknown == 100)
        #expect(vocabulary.classification == 101)
        #expect(vocabulary.separator == 102)
    }

    static let small = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "red", "##dish", ",", "a", "##\u{3C2}",
        "\u{3C3}",
    ]

    @Test("words are cut into their longest pieces from the left")
    func longestMatch() throws {
        let tokenizer = WordPieceTokenizer(try WordPieceVocabulary(pieces: Self.small))
        #expect(
            tokenizer.pieces(of: "Unaffable, REDDISH red") == ["un", "##aff", "##able", ",", "red", "##dish", "red"])
        #expect(tokenizer.pieces(of: "reddishly a") == ["[UNK]", "a"])
    }

    @Test("a sigma at the end of a word has its final form, as in Python")
    func finalSigma() throws {
        let tokenizer = WordPieceTokenizer(try WordPieceVocabulary(pieces: Self.small))
        #expect(tokenizer.pieces(of: "\u{3A3}\u{3A3}") == ["\u{3C3}", "##\u{3C2}"])
    }

    @Test("long texts are cut, both ends kept")
    func truncation() throws {
        let tokenizer = WordPieceTokenizer(try WordPieceVocabulary(pieces: Self.small))
        #expect(tokenizer.encode("a a a a a a", maximumLength: 4) == [2, 11, 11, 3])
        #expect(tokenizer.encode("", maximumLength: 4) == [2, 3])
    }

    @Test("a word longer than a hundred characters is unknown")
    func longWord() throws {
        let tokenizer = WordPieceTokenizer(try WordPieceVocabulary(pieces: Self.small + ["##a"]))
        #expect(tokenizer.pieces(of: String(repeating: "a", count: 100)).count == 100)
        #expect(tokenizer.pieces(of: String(repeating: "a", count: 101)) == ["[UNK]"])
    }

    @Test("a vocabulary made of texts knows their words and spells all others")
    func covering() throws {
        let vocabulary = try WordPieceVocabulary.covering(["A red circle spins.", "the Circle blinks"])
        let tokenizer = WordPieceTokenizer(vocabulary)
        #expect(tokenizer.pieces(of: "a circle blinks") == ["a", "circle", "blinks"])
        #expect(tokenizer.pieces(of: "cat") == ["c", "##a", "##t"])
        let chinese = WordPieceTokenizer(try .covering(["\u{72D7}\u{8DD1}"]))
        #expect(chinese.pieces(of: "\u{72D7}\u{8DD1}") == ["\u{72D7}", "\u{8DD1}"])
        #expect(Set(vocabulary.pieces).count == vocabulary.pieces.count)
    }

    @Test("a vocabulary survives its file, with either kind of line end")
    func files() throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("vocabulary.txt").path
            try WordPieceVocabulary(pieces: Self.small).write(to: path)
            #expect(try WordPieceVocabulary(path: path).pieces == Self.small)
            try Data((Self.small.joined(separator: "\r\n") + "\r\n").utf8).write(to: URL(fileURLWithPath: path))
            #expect(try WordPieceVocabulary(path: path).pieces == Self.small)
        }
    }

    @Test(
        "a file that is no vocabulary is refused with its name", arguments: ["", "cat\ndog\n", "[PAD]\n[UNK]\n[CLS]\n"])
    func refused(text: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.appendingPathComponent("words.txt").path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: SViLMError.self) { try WordPieceVocabulary(path: path) }
            #expect(error?.description.contains("words.txt") == true)
        }
    }
}
