/// A settings structure in which every property has a default.
///
/// A file names only what differs from the defaults. Keys are the property names in snake case, so `maxSequenceLength`
/// is written `max_sequence_length`. Properties of dictionary type keep their keys as they are.
///
/// Property types: scalars, arrays, dictionaries, optionals, `RawRepresentable` enums and other `Configurable` structures.
public protocol Configurable: Codable, Sendable, Equatable {
    /// The settings used where a file says nothing.
    init()

    /// Checks that values agree with each other.
    ///
    /// - Throws: ``ConfigurationError/invalidValue(file:key:problem:)`` or any error that names the key.
    func validate() throws
}

extension Configurable {
    public func validate() throws {}
}
