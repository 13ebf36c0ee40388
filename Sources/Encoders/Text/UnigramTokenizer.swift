import Foundation

/// Cuts texts into the pieces of SigLIP: those of a unigram model (Kudo, 2018) as SentencePiece trains it, of all ways to cut a
/// text the most probable one.
///
/// Texts are prepared as Hugging Face's `SiglipTokenizer` prepares them: lower case, ASCII punctuation removed, one space for any
/// white space, then compatibility composition (NFKC). SentencePiece's own table also replaces a few characters that no caption
/// holds.
public struct UnigramTokenizer: Sendable {
    /// Number of the piece that ends a text, and fills it up to the length that the encoder was trained with.
    public let end: Int
    /// Known pieces.
    public let count: Int
    private let unknown: Int
    private let unknownScore: Float
    private let pieces: [[Unicode.Scalar]: (number: Int, score: Float)]
    private let longest: Int

    /// What SentencePiece takes from the lowest score for a character that no piece holds.
    private static let unknownPenalty: Float = 10
    private static let space: Unicode.Scalar = "\u{2581}"
    private static let punctuation = Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".unicodeScalars)

    /// Reads `tokenizer.json` or `spiece.model`.
    ///
    /// - Throws: `FileError`
    public init(path: String) throws {
        try self.init(path.hasSuffix(".json") ? UnigramVocabulary(json: path) : UnigramVocabulary(model: path))
    }

    init(_ vocabulary: UnigramVocabulary) {
        var pieces: [[Unicode.Scalar]: (number: Int, score: Float)] = [:]
        for (number, piece) in vocabulary.pieces.enumerated() where piece.isNormal {
            pieces[Array(piece.text.unicodeScalars)] = (number, piece.score)
        }
        self.pieces = pieces
        longest = pieces.keys.map(\.count).max() ?? 1
        (end, unknown, count) = (vocabulary.end, vocabulary.unknown, vocabulary.pieces.count)
        unknownScore = (pieces.values.map(\.score).min() ?? 0) - Self.unknownPenalty
    }

    /// The numbers of a text's pieces and the end, cut to `length` and filled up to it with ends.
    public func encode(_ text: String, length: Int = 64) -> [Int] {
        let pieces = Array(cut(Self.prepared(text)).prefix(max(0, length - 1)))
        return pieces + [Int](repeating: end, count: max(1, length - pieces.count))
    }

    /// A text as it is cut: words with the mark of a space before each.
    private static func prepared(_ text: String) -> [Unicode.Scalar] {
        var kept = String.UnicodeScalarView()
        // The mark itself is a space where a person types it.
        for scalar in text.lowercased().unicodeScalars where !punctuation.contains(scalar) {
            kept.append(scalar == space ? " " : scalar)
        }
        let words = String(kept).precomposedStringWithCompatibilityMapping.split(whereSeparator: \.isWhitespace)
        return words.flatMap { [space] + Array($0.unicodeScalars) }
    }

    /// The most probable pieces, found from left to right (Viterbi); unknown characters side by side are one piece.
    private func cut(_ scalars: [Unicode.Scalar]) -> [Int] {
        // For each end: the best sum of scores, where its last piece begins, and which it is.
        var best: [(score: Float, start: Int, piece: Int)] = [(0, 0, unknown)]
        for end in stride(from: 1, through: scalars.count, by: 1) {
            var found: (score: Float, start: Int, piece: Int)?
            for start in max(0, end - longest)..<end {
                let piece: (number: Int, score: Float)
                if let known = pieces[Array(scalars[start..<end])] {
                    piece = known
                } else if start == end - 1 {
                    piece = (unknown, unknownScore)
                } else {
                    continue
                }
                let score = best[start].score + piece.score
                if found.map({ score > $0.score }) ?? true { found = (score, start, piece.number) }
            }
            best.append(found ?? (0, end - 1, unknown))
        }
        var cut: [Int] = [], place = scalars.count
        while place > 0 {
            let step = best[place]
            if step.piece != unknown || cut.last != unknown { cut.append(step.piece) }
            place = step.start
        }
        return cut.reversed()
    }
}
