import Foundation

/// Whole files of UTF-8 text.
package enum TextFile {
    /// The content of a file.
    ///
    /// - Throws: ``FileError``.
    package static func read(_ path: String) throws(FileError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .notRead(path)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .malformed(path: path, problem: "is not UTF-8 text")
        }
        return text
    }

    /// Writes a file to a temporary name first.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package static func write(_ text: String, to path: String) throws(FileError) {
        try AtomicFile.write(text, to: path)
    }
}
