import Foundation

/// Cuts texts into word pieces as BERT does for its uncased models (Devlin et al., 2019).
///
/// Control characters go, Chinese characters become words of their own, letters become lower case without accents,
/// punctuation marks become words, and every word is cut into the longest pieces that the vocabulary has, from left to
/// right. A word of more than 100 characters, or one that cannot be cut completely, becomes the unknown piece.
public struct WordPieceTokenizer: Sendable {
    public let vocabulary: WordPieceVocabulary
    private static let longestWord = 100

    public init(_ vocabulary: WordPieceVocabulary) { self.vocabulary = vocabulary }

    /// The numbers of a text's pieces between `[CLS]` and `[SEP]`, cut to `maximumLength` with both.
    public func encode(_ text: String, maximumLength: Int) -> [Int] {
        let inner = numbers(of: text).prefix(max(0, maximumLength - 2))
        return [vocabulary.classification] + inner + [vocabulary.separator]
    }

    /// The pieces of a text.
    public func pieces(of text: String) -> [String] { numbers(of: text).map { vocabulary.pieces[$0] } }

    /// The words of a text that the vocabulary does not know: the unknown piece, or nothing but single letters.
    public func unknownWords(in text: String) -> [String] {
        Self.words(text).filter { word in
            let pieces = cut(word)
            return word.unicodeScalars.count > 1
                && (pieces == [vocabulary.unknown] || pieces.count == word.unicodeScalars.count)
        }
    }

    private func numbers(of text: String) -> [Int] { Self.words(text).flatMap(cut) }

    /// The longest known pieces of a word, from left to right.
    private func cut(_ word: String) -> [Int] {
        let scalars = word.unicodeScalars.map { Array(String($0).utf8) }
        guard scalars.count <= Self.longestWord else { return [vocabulary.unknown] }
        var found: [Int] = []
        var start = 0
        while start < scalars.count {
            var end = scalars.count
            var match: Int?
            while end > start, match == nil {
                let bytes = (start > 0 ? Array("##".utf8) : []) + scalars[start..<end].joined()
                match = vocabulary.number(of: bytes)
                if match == nil { end -= 1 }
            }
            guard let match else { return [vocabulary.unknown] }
            found.append(match)
            start = end
        }
        return found
    }

    // MARK: - Words

    /// The words and punctuation marks of a text, in lower case and without accents.
    public static func words(_ text: String) -> [String] {
        var spaced = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isSpace(scalar) {
                spaced.append(" ")
            } else if isChinese(scalar) {
                spaced.append(contentsOf: [" ", scalar, " "])
            } else if scalar.value != 0, scalar.value != 0xFFFD, !isControl(scalar) {
                spaced.append(scalar)
            }
        }
        return spaced.split(separator: " ").flatMap { word in
            separated(withoutAccents(lowercased(Array(word))))
        }
    }

    private static func lowercased(_ word: [Unicode.Scalar]) -> String {
        var result = ""
        for (index, scalar) in word.enumerated() {
            // The only lower case that depends on the letters around it, as in Python's `lower`.
            if scalar.value == 0x3A3 {
                let before = word[..<index].last { !$0.properties.isCaseIgnorable }
                let after = word[(index + 1)...].first { !$0.properties.isCaseIgnorable }
                let isFinal = before?.properties.isCased == true && after?.properties.isCased != true
                result.unicodeScalars.append(isFinal ? "\u{3C2}" : "\u{3C3}")
            } else {
                result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }

    private static func withoutAccents(_ word: String) -> [Unicode.Scalar] {
        word.decomposedStringWithCanonicalMapping.unicodeScalars.filter {
            $0.properties.generalCategory != .nonspacingMark
        }
    }

    private static func separated(_ word: [Unicode.Scalar]) -> [String] {
        var parts: [String] = []
        var isInWord = false
        for scalar in word {
            if isPunctuation(scalar) {
                parts.append(String(scalar))
                isInWord = false
            } else if isInWord {
                parts[parts.count - 1].unicodeScalars.append(scalar)
            } else {
                parts.append(String(scalar))
                isInWord = true
            }
        }
        return parts
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "\r": return true
        default:
            switch scalar.properties.generalCategory {
            case .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
            default: return false
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .unassigned, .surrogate: return true
        default: return false
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 33...47, 58...64, 91...96, 123...126: return true
        default: break
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return true
        default: return false
        }
    }

    /// The ideographs of Chinese, also used in Japanese and Korean, but not their alphabets.
    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
            0x2B740...0x2B81F, 0x2B820...0x2CEAF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
