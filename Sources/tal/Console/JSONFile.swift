import Foundation

/// Results as JSON files.
enum JSONFile {
    /// A file of results that cannot be written.
    struct Unwritable: Error, Equatable, CustomStringConvertible {
        var path: String
        var reason: String

        var description: String {
            "\(path): cannot be written (\(reason)); check the folder, its permissions and the free space"
        }
    }

    /// Writes a value with sorted snake-case keys, to a temporary name first.
    ///
    /// - Throws: ``Unwritable``.
    static func write(_ value: some Encodable, to path: String) throws(Unwritable) {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(value).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw Unwritable(path: path, reason: ErrorReport.text(of: error))
        }
    }
}
