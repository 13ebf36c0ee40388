import Files

/// Cuts texts into the pieces of SigLIP 2, which are those of Gemma: byte-pair encoding over a whole text.
///
/// Texts are prepared as Hugging Face's `Siglip2Tokenizer` prepares them: lower case, each space written as `▁`, nothing removed.
/// Characters that no piece holds are cut into their bytes in UTF-8.
struct BytePairTokenizer: Sendable {
    /// Number of the piece that ends a text.
    let end: Int
    /// Number of the piece that fills a text up to the length that the encoder was trained with.
    let padding: Int
    /// One more than the highest number of a piece.
    let count: Int
    private let unknown: Int?
    /// The numbers of the pieces `<0x00>` to `<0xFF>`; empty where one is missing.
    private let bytes: [Int]
    private let characters: [Unicode.Scalar: Int]
    private let merges: PairMerges
    /// By their first character, the longest first.
    private let added: [Unicode.Scalar: [(text: [Unicode.Scalar], number: Int)]]

    private static let space: Unicode.Scalar = "\u{2581}"

    /// Reads `tokenizer.json`.
    ///
    /// - Throws: `FileError`
    init(path: String) throws(FileError) {
        let vocabulary = try BytePairVocabulary(json: path)
        var numbers = vocabulary.numbers
        for token in vocabulary.added { numbers[Array(token.text.utf8)] = token.number }
        guard let end = numbers[Array("<eos>".utf8)], let padding = numbers[Array("<pad>".utf8)] else {
            throw .malformed(path: path, problem: "has no piece '<eos>' or no '<pad>', with which SigLIP 2 ends texts")
        }
        (self.end, self.padding) = (end, padding)
        count = (numbers.values.max() ?? 0) + 1
        unknown = vocabulary.unknown.flatMap { numbers[Array($0.utf8)] }
        let bytes = (0..<256).compactMap { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return numbers[Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)]
        }
        self.bytes = bytes.count == 256 ? bytes : []
        guard !self.bytes.isEmpty || unknown != nil else {
            throw .malformed(path: path, problem: "does not say which pieces stand for unknown characters")
        }
        characters = Self.characters(of: vocabulary)
        merges = try Self.merges(of: vocabulary, path: path)
        added = Dictionary(grouping: vocabulary.added.map { (Array($0.text.unicodeScalars), $0.number) }) { $0.0[0] }
            .mapValues { $0.sorted { $0.0.count > $1.0.count } }
    }

    private static func characters(of vocabulary: BytePairVocabulary) -> [Unicode.Scalar: Int] {
        var characters: [Unicode.Scalar: Int] = [:]
        for (piece, number) in vocabulary.numbers where piece.count <= 4 {
            let scalars = String(decoding: piece, as: UTF8.self).unicodeScalars
            if let scalar = scalars.first, scalars.count == 1 { characters[scalar] = number }
        }
        return characters
    }

    private static func merges(of vocabulary: BytePairVocabulary, path: String) throws(FileError) -> PairMerges {
        var merges = PairMerges()
        for (rank, pair) in vocabulary.pairs.enumerated() {
            guard let first = vocabulary.numbers[pair.first], let second = vocabulary.numbers[pair.second],
                let piece = vocabulary.numbers[pair.first + pair.second]
            else {
                let halves = [pair.first, pair.second].map { "'\(String(decoding: $0.prefix(40), as: UTF8.self))'" }
                throw .malformed(
                    path: path,
                    problem: "joins \(halves.joined(separator: " and ")); expected both and the whole among its pieces")
            }
            merges.append(first, second, rank: rank, piece: piece)
        }
        return merges
    }

    /// The numbers of a text's pieces, cut to `length` with the end, and filled up to it.
    func encode(_ text: String, length: Int = 64) -> [Int] {
        let pieces = Array(cut(text).prefix(max(0, length - 1))) + [end]
        return pieces + [Int](repeating: padding, count: max(0, length - pieces.count))
    }

    private func cut(_ text: String) -> [Int] {
        let scalars = Array(text.unicodeScalars)
        var pieces: [Int] = [], part: [Unicode.Scalar] = [], place = 0
        while place < scalars.count {
            if let token = added[scalars[place]]?.first(where: { scalars[place...].starts(with: $0.text) }) {
                pieces += merges.joined(symbols(part)) + [token.number]
                part = []
                place += token.text.count
            } else {
                part.append(scalars[place])
                place += 1
            }
        }
        return pieces + merges.joined(symbols(part))
    }

    /// One piece a character, or one a byte of it; unknown characters side by side are one piece.
    private func symbols(_ part: [Unicode.Scalar]) -> [Int] {
        var symbols: [Int] = []
        for scalar in part.flatMap({ Array($0.properties.lowercaseMapping.unicodeScalars) }) {
            let scalar = scalar == " " ? Self.space : scalar
            if let known = characters[scalar] {
                symbols.append(known)
            } else if !bytes.isEmpty {
                symbols += Array(String(scalar).utf8).map { bytes[Int($0)] }
            } else if let unknown, symbols.last != unknown {
                symbols.append(unknown)
            }
        }
        return symbols
    }
}
