/// A settings structure in which every property has a default.
///
/// A file names only what differs from the defaults. Keys are the property names in snake case, so `maxSequenceLength`
/// is written `max_sequence_length`. Properties of dictionary type keep their keys as they are.
///
/// Property types: scalars, arrays, dictionaries, optionals, `RawRepresentable` enums and other `Configurable` structures.
public protocol Configurable: Codable, Sendable, Equatable, DescribedSettings {
    /// The settings used where a file says nothing.
    init()

    /// Checks that values agree with each other.
    ///
    /// - Throws: ``ConfigurationError/invalidValue(file:key:problem:)`` or any error that names the key.
    func validate() throws

    /// The key of these settings in the file, for errors; empty for those of a whole file.
    static var section: String { get }

    /// Keys of earlier versions, with what they are called now; both are paths of file keys from this structure on. A key may
    /// now be the name of a section (`optimizer: adam`, now `optimizer.kind`).
    static var renamedKeys: [String: String] { get }

    /// What a file starts from, where one of its texts chooses between kinds of settings.
    ///
    /// - Parameter text: the text of a key at the top of the file; `nil` where the file does not have it.
    /// - Throws: ``ConfigurationError/invalidValue(file:key:problem:)`` for a choice that is not there.
    static func defaults(_ text: (_ key: String) -> String?) throws -> Self

    /// Sections that the file may have although these settings do not use them: those of the kinds not chosen.
    var unusedSections: [(key: String, settings: any Configurable)] { get }
}

extension Configurable {
    public func validate() throws {}
    public static var section: String { "" }
    public static var descriptions: [SettingDescription] { [] }
    public static var renamedKeys: [String: String] { [:] }
    public static func defaults(_ text: (_ key: String) -> String?) throws -> Self { Self() }
    public var unusedSections: [(key: String, settings: any Configurable)] { [] }
}

extension Configurable {
    /// The error of a setting in this section.
    public func invalid(_ key: String, _ problem: String) -> ConfigurationError {
        .invalidValue(file: "", key: Self.section.isEmpty ? key : "\(Self.section).\(key)", problem: problem)
    }

    /// - Throws: ``invalid(_:_:)`` where the condition does not hold.
    public func require(_ condition: Bool, _ key: String, _ problem: String) throws {
        guard condition else { throw invalid(key, problem) }
    }

    /// Checks a part of these settings, whose own section lies in this one.
    ///
    /// - Throws: what the part throws, with this section before the key.
    public func validate(_ part: some Configurable) throws {
        do {
            try part.validate()
        } catch ConfigurationError.invalidValue(let file, let key, let problem) where file.isEmpty {
            throw invalid(key, problem)
        }
    }
}
