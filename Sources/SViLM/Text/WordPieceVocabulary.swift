public import Files
import Foundation

/// The word pieces a text is cut into, and their numbers.
public struct WordPieceVocabulary: Sendable {
    /// Every piece at its number; pieces that continue a word begin with `##`.
    public let pieces: [String]
    /// By UTF-8 bytes, since two strings may look the same and be different pieces.
    private let numbers: [[UInt8]: Int]
    /// Fills the end of short texts.
    public let padding: Int
    /// Stands for words that no pieces make up.
    public let unknown: Int
    /// Begins every text.
    public let classification: Int
    /// Ends every text.
    public let separator: Int

    /// - Parameters:
    ///   - pieces: the word pieces, in the order of their numbers.
    ///   - name: what errors call it.
    /// - Throws: ``SViLMError/unusableVocabulary(file:reason:)``
    public init(pieces: [String], name: String = "vocabulary") throws(SViLMError) {
        var numbers: [[UInt8]: Int] = [:]
        for (number, piece) in pieces.enumerated() { numbers[Array(piece.utf8)] = number }
        func special(_ piece: String) throws(SViLMError) -> Int {
            guard let number = numbers[Array(piece.utf8)] else {
                throw SViLMError.unusableVocabulary(file: name, reason: "no \(piece)")
            }
            return number
        }
        padding = try special("[PAD]")
        unknown = try special("[UNK]")
        classification = try special("[CLS]")
        separator = try special("[SEP]")
        self.pieces = pieces
        self.numbers = numbers
    }

    /// Reads a vocabulary of one piece a line.
    ///
    /// - Throws: ``SViLMError``
    public init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileError.missing(path: path)
        }
        var lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let pieces = try lines.enumerated().map { (index, line) throws(SViLMError) -> String in
            let bytes = line.last == 0x0D ? line.dropLast() : line
            guard let piece = String(validating: bytes, as: UTF8.self) else {
                throw SViLMError.unusableVocabulary(file: path, reason: "line \(index + 1) is no UTF-8")
            }
            return piece
        }
        try self.init(pieces: pieces, name: path)
    }

    /// A small vocabulary: whole words for all words of some texts, and single letters for every other word.
    ///
    /// - Parameter texts: the words are taken as ``WordPieceTokenizer`` finds them, in order of the alphabet.
    public static func covering(_ texts: [String]) throws(SViLMError) -> WordPieceVocabulary {
        var words: Set<String> = []
        for text in texts { words.formUnion(WordPieceTokenizer.words(text)) }
        let letters = (33...126).map { String(UnicodeScalar(UInt8($0))) }.filter { $0 == $0.lowercased() }
        let whole = words.subtracting(letters).sorted()
        let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + letters.map { "##" + $0 } + whole
        return try WordPieceVocabulary(pieces: pieces)
    }

    /// The number of a piece.
    func number(of piece: some Collection<UInt8>) -> Int? { numbers[Array(piece)] }

    /// Writes one piece a line, to a temporary name first.
    ///
    /// - Throws: `FileError`
    public func write(to path: String) throws(FileError) {
        let text = pieces.joined(separator: "\n") + "\n"
        try AtomicFile.write(text, to: path, durable: true)
    }
}
