/// What one setting means, for those who write configurations.
public struct SettingDescription: Sendable, Equatable {
    /// The key in a file.
    public var key: String
    /// Sentences.
    public var meaning: String
    /// What its numbers count.
    public var unit: String?
    /// What the paper or the authors' code calls it, where that is another name or worth knowing.
    public var called: String?

    public init(_ key: String, _ meaning: String, unit: String? = nil, called: String? = nil) {
        self.key = key
        self.meaning = meaning
        self.unit = unit
        self.called = called
    }
}

/// Settings that say what each of them means.
public protocol DescribedSettings {
    /// In the order of the properties, sections included.
    static var descriptions: [SettingDescription] { get }
}
