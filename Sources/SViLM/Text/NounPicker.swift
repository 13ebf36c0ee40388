public import Tensors

/// Finds the nouns of a caption, of which some are put into short prompts to be grounded in the video (paper, section 3.2).
///
/// With a list of nouns, those of them that occur in the caption are picked. Without one a rule picks the last word of each
/// noun phrase: what follows an article, number or possessive up to a preposition, conjunction, verb form or
/// punctuation mark. The rule needs no model and errs now and then, which training bears.
public struct NounPicker: Sendable {
    private let known: Set<String>?

    /// - Parameter nouns: the nouns to look for, in lower case; the rule where `nil`.
    public init(nouns: Set<String>? = nil) { known = nouns }

    /// The different nouns of a caption in the order they occur.
    public func nouns(in caption: String) -> [String] {
        let words = WordPieceTokenizer.words(caption)
        let found = known.map { known in words.filter(known.contains) } ?? Self.headNouns(words)
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }
    }

    /// At most `count` nouns, drawn at random, in the order they occur.
    public func pick(_ count: Int, from nouns: [String], using generator: inout RandomGenerator) -> [String] {
        guard nouns.count > count else { return nouns }
        let chosen = Set(nouns.indices.shuffled(using: &generator).prefix(count))
        return nouns.indices.filter(chosen.contains).map { nouns[$0] }
    }

    // MARK: - The rule

    private static let singular: Set = ["a", "an", "one", "this", "that", "another", "each", "every"]
    private static let determiners: Set = [
        "the", "his", "her", "their", "its", "my", "your", "our", "some", "two", "three", "four", "five", "several",
        "many", "few", "these", "those", "both", "all",
    ]
    private static let boundaries: Set = [
        "and", "or", "but", "of", "in", "on", "at", "to", "into", "onto", "from", "with", "without", "by", "for",
        "over",
        "under", "through", "across", "along", "around", "behind", "before", "after", "near", "beside", "between",
        "during", "while", "as", "up", "down", "off", "out", "away", "is", "are", "was", "were", "be", "been", "has",
        "have", "had", "does", "do", "did", "can", "will", "would", "who", "which", "that", "when", "where", "there",
        "he", "she", "it", "they", "we", "you", "i", "not", "then", "very", "against", "towards", "past",
    ]

    private static func headNouns(_ words: [String]) -> [String] {
        var found: [String] = []
        var phrase: [String] = []
        var isOpen = false, isSingular = false
        func close() {
            if let head = phrase.last { found.append(head) }
            phrase = []
            isOpen = false
        }
        for word in words {
            if singular.contains(word) || determiners.contains(word) {
                close()
                isOpen = true
                isSingular = singular.contains(word)
            } else if !isOpen {
                continue
            } else if boundaries.contains(word) || word.first?.isLetter != true
                || looksLikeVerb(word, phrase, isSingular)
            {
                close()
            } else {
                phrase.append(word)
            }
        }
        close()
        return found
    }

    /// Whether a word after some others in a noun phrase is more likely its verb: "a dog barks", "the man running".
    private static func looksLikeVerb(_ word: String, _ phrase: [String], _ isSingular: Bool) -> Bool {
        guard !phrase.isEmpty else { return false }
        if word.hasSuffix("ing") || word.hasSuffix("ly") { return true }
        return isSingular && word.hasSuffix("s") && !word.hasSuffix("ss") && !word.hasSuffix("us")
    }
}
