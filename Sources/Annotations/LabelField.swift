/// What to take as the label where annotations give several.
public enum LabelField: String, Codable, Hashable, Sendable, CaseIterable {
    case verb
    case noun
    /// The pair of verb and noun.
    case action
    /// The sentence of the annotator; of use to read, not to train.
    case narration
}
