import CZlib
import Files
import Foundation

/// Files that may be packed by gzip.
enum PackedFile {
    /// Larger than any vocabulary or set of reference pictures; a small packed file can unpack without end.
    private static let mostBytes = 64 << 20

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
                throw FileError.malformed(path: path, problem: "unpacks to more than 64 MB; expected less")
            }
        }
        return bytes
    }
}
