import Foundation

/// Whole files of UTF-8 text.
package enum TextFile {
    /// The most bytes of a file that was written by hand.
    package static let handwritten = 64 << 20
    /// The most bytes of a list, which may name millions of videos.
    package static let list = 1 << 30

    /// The content of a file or pipe, without a byte order mark.
    ///
    /// - Parameters:
    ///   - path: the file, plain or gzip.
    ///   - limit: more bytes than this are refused.
    /// - Throws: ``FileError``.
    package static func read(_ path: String, limit: Int = handwritten) throws(FileError) -> String {
        var source = try ByteSource(path: path)
        let bytes = try source.remaining(limit: limit)
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
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
