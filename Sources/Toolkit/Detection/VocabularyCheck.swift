import Files
import SViLM

/// Tells which words a model does not know before it is asked about them.
enum VocabularyCheck {
    /// - Parameter model: where the model lies, for the error.
    /// - Returns: what to say about words that the vocabulary does not have; nil where it has all.
    /// - Throws: ``ToolkitError/unknownWords(model:words:)`` where it has none of them: what the model would say of such
    ///   texts means nothing.
    static func notice(
        _ texts: [String], tokenizer: WordPieceTokenizer, model: String
    ) throws(ToolkitError) -> Notice? {
        var unknown: [String] = [], seen: Set<String> = [], knowsSome = false
        for text in texts {
            let strange = Set(tokenizer.unknownWords(in: text))
            for word in WordPieceTokenizer.words(text) where word.unicodeScalars.count > 1 {
                if !strange.contains(word) {
                    knowsSome = true
                } else if seen.insert(word).inserted {
                    unknown.append(word)
                }
            }
        }
        guard !unknown.isEmpty else { return nil }
        guard knowsSome else { throw .unknownWords(model: model, words: unknown) }
        return Notice(
            "unknown-words", "words are not in the vocabulary of \(model) and are only spelt",
            one: "word is not in the vocabulary of \(model) and is only spelt", items: unknown)
    }
}
