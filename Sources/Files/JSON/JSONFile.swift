import Foundation

/// Encodable results as JSON files.
package enum JSONFile {
    /// Writes a value with sorted snake-case keys, to a temporary name first.
    ///
    /// - Throws: ``FileError``.
    package static func write(_ value: some Encodable, to path: String) throws(FileError) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(value)
        } catch {
            throw .unwritable(path: path, reason: "a value cannot be said in JSON")
        }
        try AtomicFile.write(data, to: path)
    }
}
