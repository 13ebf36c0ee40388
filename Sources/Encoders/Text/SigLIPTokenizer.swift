/// Cuts texts for a SigLIP: the first version by a unigram model, SigLIP 2 by byte pairs. The file says which.
enum SigLIPTokenizer: Sendable {
    case unigram(UnigramTokenizer)
    case bytePair(BytePairTokenizer)

    /// Reads `tokenizer.json` or `spiece.model`.
    ///
    /// - Throws: `FileError`
    init(path: String) throws {
        let isBytePair = try path.hasSuffix(".json") && BytePairVocabulary.kind(ofJSON: path) == "BPE"
        self = isBytePair ? .bytePair(try BytePairTokenizer(path: path)) : .unigram(try UnigramTokenizer(path: path))
    }

    /// Known pieces.
    var count: Int {
        switch self {
        case .unigram(let tokenizer): tokenizer.count
        case .bytePair(let tokenizer): tokenizer.count
        }
    }

    /// The numbers of a text's pieces, cut to `length` with the end, and filled up to it.
    func encode(_ text: String, length: Int) -> [Int] {
        switch self {
        case .unigram(let tokenizer): tokenizer.encode(text, length: length)
        case .bytePair(let tokenizer): tokenizer.encode(text, length: length)
        }
    }
}
