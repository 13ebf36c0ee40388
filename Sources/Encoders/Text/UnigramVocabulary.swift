import Files
import Foundation

/// The pieces of a unigram model with their log probabilities, from the files that lie beside published weights.
struct UnigramVocabulary {
    struct Piece {
        var text: String
        var score: Float
        /// Whether texts may be cut into it; marks such as the end are none.
        var isNormal = true
    }

    var pieces: [Piece]
    var unknown: Int
    var end: Int

    /// The end of a text, which every published tokenizer of SigLIP has.
    private static let endMark = "</s>"
    private static let marks: Set<String> = [endMark, "<unk>", "<pad>", "<s>"]

    init(pieces: [Piece], unknown: Int?, path: String) throws(FileError) {
        guard let end = pieces.firstIndex(where: { $0.text == Self.endMark }) else {
            throw .malformed(path: path, problem: "has no piece '\(Self.endMark)', which ends the texts of SigLIP")
        }
        guard let unknown, pieces.indices.contains(unknown), pieces.allSatisfy(\.score.isFinite) else {
            throw .malformed(path: path, problem: "does not say which piece stands for unknown characters")
        }
        self.pieces = pieces
        (self.unknown, self.end) = (unknown, end)
    }

    /// Hugging Face's `tokenizer.json`: `{"model": {"type": "Unigram", "unk_id": …, "vocab": [[PIECE, SCORE], …]}}`.
    ///
    /// - Throws: `FileError`
    init(json path: String) throws {
        let bytes = try PackedFile.bytes(path)
        guard let root = try? JSONDecoder().decode(JSON.self, from: Data(bytes)), let model = root["model"] else {
            throw FileError.malformed(path: path, problem: "is no tokenizer; expected a JSON object with a 'model'")
        }
        let kind = model["type"]?.string ?? "of an unknown kind"
        guard kind == "Unigram", case .array(let entries)? = model["vocab"] else {
            throw FileError.malformed(
                path: path,
                problem: "is a tokenizer of the kind '\(kind)'; expected Unigram, which the first SigLIP uses")
        }
        let pieces = try entries.map { entry in
            guard case .array(let pair) = entry, pair.count == 2, let text = pair[0].string, let score = pair[1].number
            else { throw FileError.malformed(path: path, problem: "has an entry that is no piece with its score") }
            return Piece(text: text, score: Float(score), isNormal: !Self.marks.contains(text))
        }
        try self.init(pieces: pieces, unknown: model["unk_id"]?.integer, path: path)
    }

    /// SentencePiece's `spiece.model`, a protocol buffer: field 1 of the whole is a piece (1 text, 2 score, 3 kind: 1 normal, 2
    /// unknown), field 3 of field 2 the kind of model (1 unigram).
    ///
    /// - Throws: `FileError`
    init(model path: String) throws {
        let damaged = FileError.malformed(path: path, problem: "is damaged or no model of SentencePiece")
        guard let fields = ProtocolBuffer.fields(of: try PackedFile.bytes(path)) else { throw damaged }
        var pieces: [Piece] = [], unknown: Int?
        for field in fields {
            guard case .bytes(let content) = field.value, let inner = ProtocolBuffer.fields(of: content) else {
                if field.number == 1 || field.number == 2 { throw damaged }
                continue
            }
            if field.number == 2, case .integer(let kind)? = inner.first(where: { $0.number == 3 })?.value, kind != 1 {
                throw FileError.malformed(
                    path: path,
                    problem:
                        "is a SentencePiece model of the kind \(kind); expected 1 (unigram), which the first SigLIP uses; "
                        + "for SigLIP 2 put its tokenizer.json beside the weights"
                )
            }
            guard field.number == 1 else { continue }
            var piece = Piece(text: "", score: 0)
            for part in inner {
                switch (part.number, part.value) {
                case (1, .bytes(let text)): piece.text = String(decoding: text, as: UTF8.self)
                case (2, .fixed(let bits)): piece.score = Float(bitPattern: bits)
                case (3, .integer(let kind)):
                    piece.isNormal = kind == 1
                    if kind == 2 { unknown = pieces.count }
                default: break
                }
            }
            pieces.append(piece)
        }
        guard !pieces.isEmpty else { throw damaged }
        try self.init(pieces: pieces, unknown: unknown, path: path)
    }
}
