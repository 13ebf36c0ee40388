import Foundation

/// Cuts texts into the word pieces of CLIP: byte pairs (Sennrich et al., 2016) over bytes written as characters, lower case, the
/// end of a word marked.
///
/// It follows Hugging Face's tokenizer: canonical composition, one space for any white space. OpenAI's own also repairs broken
/// encodings and resolves HTML entities first, which makes a difference for few texts.
public struct CLIPTokenizer: Sendable {
    /// Number of the piece that begins a text.
    public let start: Int
    /// Number of the piece that ends a text; the highest.
    public let end: Int
    private let bytes: [Int]
    private let merges: PairMerges

    /// The merges that CLIP uses; the published file of open_clip holds more.
    private static let mostMerges = 48_894

    /// Reads the merges: `merges.txt` of a Hugging Face snapshot, or OpenAI's `bpe_simple_vocab_16e6.txt.gz`.
    ///
    /// - Throws: `FileError`
    public init(merges path: String) throws {
        try self.init(lines: VocabularyLines.read(path), path: path)
    }

    init(lines: [Substring], path: String) throws {
        let order = Array(33...126) + Array(161...172) + Array(174...255)
        let rest = (0...255).filter { !order.contains($0) }
        var numbers: [String: Int] = [:]
        var bytes = [Int](repeating: 0, count: 256)
        for (number, byte) in (order + rest).enumerated() {
            // Bytes that cannot be seen are written as the characters from 256 on.
            let code = number < order.count ? byte : 256 + number - order.count
            let character = Unicode.Scalar(UInt32(code)).map { String(Character($0)) } ?? ""
            numbers[character] = number
            numbers[character + "</w>"] = number + 256
            bytes[byte] = number
        }
        var merges = PairMerges()
        let content =
            lines.first?.hasPrefix("#version") == true || lines.first?.hasPrefix("\"bpe") == true
            ? lines.dropFirst() : lines[...]
        for line in content.prefix(Self.mostMerges) where !line.isEmpty {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let first = numbers[String(parts[0])], let second = numbers[String(parts[1])] else {
                throw VocabularyLines.malformed(path, line: line)
            }
            let piece = 512 + merges.count
            merges.append(first, second, rank: merges.count, piece: piece)
            numbers[String(parts[0] + parts[1])] = piece
        }
        self.bytes = bytes
        self.merges = merges
        start = 512 + merges.count
        end = start + 1
    }

    /// Known pieces.
    public var count: Int { end + 1 }

    /// The numbers of a text's pieces between start and end, cut to `maximumLength` with both.
    public func encode(_ text: String, maximumLength: Int = 77) -> [Int] {
        var pieces: [Int] = []
        for word in words(text) {
            switch word {
            case .start: pieces.append(start)
            case .end: pieces.append(end)
            case .text(let scalars): pieces += cut(scalars)
            }
        }
        return [start] + pieces.prefix(max(0, maximumLength - 2)) + [end]
    }

    /// The pieces of a word, of which the last one says that it is.
    private func cut(_ word: [Unicode.Scalar]) -> [Int] {
        var pieces = word.flatMap { UTF8.encode($0).map(Array.init) ?? [] }.map { bytes[Int($0)] }
        guard let last = pieces.popLast() else { return [] }
        pieces.append(last + 256)
        return merges.joined(pieces)
    }

    // MARK: - Words

    private enum Word {
        case start, end
        case text([Unicode.Scalar])
    }

    private enum Kind { case space, letter, number, other }

    private static let marks: [(text: [Unicode.Scalar], word: Word)] = [
        (Array("<|startoftext|>".unicodeScalars), .start), (Array("<|endoftext|>".unicodeScalars), .end),
    ]
    private static let endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

    /// Marks, English endings, runs of letters, single digits, and runs of anything else but white space.
    private func words(_ text: String) -> [Word] {
        let scalars = Array(text.precomposedStringWithCanonicalMapping.lowercased().unicodeScalars)
        var words: [Word] = [], place = 0
        while place < scalars.count {
            if let mark = Self.marks.first(where: { scalars[place...].starts(with: $0.text) }) {
                words.append(mark.word)
                place += mark.text.count
                continue
            }
            if let ending = Self.endings.first(where: { scalars[place...].starts(with: $0) }) {
                words.append(.text(ending))
                place += ending.count
                continue
            }
            let kind = Self.kind(scalars[place])
            var next = place + 1
            if kind == .letter || kind == .other {
                while next < scalars.count, Self.kind(scalars[next]) == kind { next += 1 }
            }
            if kind != .space { words.append(.text(Array(scalars[place..<next]))) }
            place = next
        }
        return words
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if scalar.properties.isWhitespace { return .space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }
}
