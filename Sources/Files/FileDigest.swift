import Foundation

/// Checksums of files and texts.
public enum FileDigest {
    /// The SHA-256 of a file in hexadecimal.
    ///
    /// - Throws: ``FileError``.
    public static func sha256(ofFile path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw exists ? FileError.unreadable(path: path, reason: "permission denied") : .missing(path: path)
        }
        defer { try? handle.close() }
        var hash = SHA256()
        do {
            while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
                block.withUnsafeBytes { hash.update($0) }
            }
        } catch {
            throw FileError.unreadable(path: path, reason: "reading failed")
        }
        return hash.hexadecimal()
    }

    /// The SHA-256 of the UTF-8 bytes of a text in hexadecimal.
    public static func sha256(of text: String) -> String {
        var hash = SHA256()
        hash.update(text)
        return hash.hexadecimal()
    }
}
