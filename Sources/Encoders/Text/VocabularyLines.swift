import CZlib
import Files
import Foundation

/// The lines of a text file, packed by gzip or not.
enum VocabularyLines {
    /// Larger than any vocabulary; a small packed file can unpack without end.
    private static let mostBytes = 64 << 20

    /// - Throws: `FileError`
    static func read(_ path: String) throws -> [Substring] {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw FileError.malformed(path: path, problem: "is not UTF-8 text")
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The content of a file, unpacked where it is packed.
    ///
    /// - Throws: `FileError`
    static func bytes(_ path: String) throws -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else { throw FileError.missing(path: path) }
        // A file that is not packed is read as it is: https://zlib.net/manual.html#Gzip
        guard let file = gzopen(path, "rb") else { throw FileError.unreadable(path: path, reason: "cannot be opened") }
        defer { gzclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = gzread(file, &block, UInt32(block.count))
            guard count >= 0 else { throw FileError.malformed(path: path, problem: "is damaged or cut off") }
            if count == 0 { break }
            bytes += block[..<Int(count)]
            guard bytes.count <= mostBytes else {
                throw FileError.malformed(path: path, problem: "has more than 64 MB of text, which no vocabulary has")
            }
        }
        return bytes
    }

    /// A line that is no merge of two known pieces.
    static func malformed(_ path: String, line: Substring) -> FileError {
        .malformed(path: path, problem: "has the line '\(line.prefix(40))'; expected two known pieces on each line")
    }
}
