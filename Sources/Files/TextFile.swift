import Foundation

/// Whole files of UTF-8 text.
package enum TextFile {
    /// The most bytes that are read; what is larger was not written by hand.
    private static let limit = 64 << 20

    /// The content of a file or pipe.
    ///
    /// - Throws: ``FileError``.
    package static func read(_ path: String) throws(FileError) -> String {
        var source = try ByteSource(path: path)
        let bytes = try source.remaining(limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            throw .malformed(
                path: path, problem: isUTF16 ? "text in UTF-16; save it as UTF-8" : "is not UTF-8 text")
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
