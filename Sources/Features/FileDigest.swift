import Crypto
import Foundation

/// Checksums of files.
public enum FileDigest {
    /// The SHA-256 of a file in hexadecimal.
    ///
    /// - Throws: ``FeatureError``.
    public static func sha256(ofFile path: String) throws -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw exists ? FeatureError.unreadable(path: path, reason: "permission denied") : .notFound(path: path)
        }
        defer { try? handle.close() }
        var hash = SHA256()
        do {
            while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
        } catch {
            throw FeatureError.unreadable(path: path, reason: "reading failed")
        }
        return hexadecimal(hash.finalize())
    }

    /// The SHA-256 of a text in hexadecimal.
    static func sha256(of text: String) -> String { hexadecimal(SHA256.hash(data: Data(text.utf8))) }

    private static func hexadecimal(_ digest: SHA256Digest) -> String {
        digest.map { String(format: "%02x", $0) }.joined()
    }
}
