internal import CZlib
import Files
package import Foundation

/// The members of a zip archive, as PyTorch and NumPy write them: stored as they are or deflated.
///
/// Sizes are checked before anything is taken, and the CRC-32 of each member when it is read.
package struct ZipArchive {
    private let data: Data
    private let file: String
    private let members: [String: Member]

    struct Member {
        /// The bytes in the archive.
        let range: Range<Int>
        /// Bytes after decompression.
        let size: Int
        let isDeflated: Bool
        let checksum: UInt32
    }

    /// Deflate shrinks by 1032 at most; no array does by more than 64, but small ones of zeros may.
    private static let (mostExpansion, usualExpansion, smallBytes) = (1032, 64, 256 << 20)

    /// Names of all members, sorted.
    package var names: [String] { members.keys.sorted() }

    /// Opens an archive.
    ///
    /// - Throws: `FileError` or ``TensorFileError/malformed(file:reason:)``
    package init(path: String) throws {
        try self.init(Self.map(path), file: path)
    }

    /// Reads the directory and checks that every member lies in the file.
    ///
    /// - Throws: ``TensorFileError/malformed(file:reason:)``
    init(_ data: Data, file: String) throws {
        self.data = data
        self.file = file
        var reader = ZipDirectory(data: data, file: file)
        members = try reader.members()
    }

    /// The content of a file, which the system reads as it is needed.
    ///
    /// - Throws: `FileError`
    static func map(_ path: String) throws -> Data {
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw FileError.notRead(path)
        }
    }

    /// The bytes of a member.
    ///
    /// - Throws: ``TensorFileError/malformed(file:reason:)`` where there is none of this name, or where its checksum is
    ///   another.
    package func bytes(of name: String) throws -> Data {
        let member = try member(name)
        let packed = bytes(in: member.range)
        let content = member.isDeflated ? try inflate(packed, to: member.size, of: name) : packed
        let checksum = content.withUnsafeBytes { bytes in
            UInt32(truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
        }
        guard checksum == member.checksum else {
            throw damaged("the CRC-32 of its member '\(name)' does not match: the file was changed or damaged")
        }
        return content
    }

    /// Up to a number of bytes from the beginning of a member, without checking its checksum.
    ///
    /// - Returns: them, and the size of the member.
    func start(of name: String, count: Int) throws -> (bytes: Data, size: Int) {
        let member = try member(name)
        let packed = bytes(in: member.range)
        let count = min(count, member.size)
        return (member.isDeflated ? try inflate(packed, to: count, of: name) : packed.prefix(count), member.size)
    }

    private func member(_ name: String) throws -> Member {
        guard let member = members[name] else { throw damaged("the archive has no '\(name)'") }
        return member
    }

    private func bytes(in range: Range<Int>) -> Data {
        data[(data.startIndex + range.lowerBound)..<(data.startIndex + range.upperBound)]
    }

    private func inflate(_ packed: Data, to count: Int, of name: String) throws -> Data {
        let expansion = count <= Self.smallBytes ? Self.mostExpansion : Self.usualExpansion
        guard count / expansion <= packed.count else {
            throw damaged("its member '\(name)' claims to expand from \(packed.count) to \(count) bytes")
        }
        var stream = z_stream()
        // Without the header of zlib.
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw damaged("its member '\(name)' cannot be decompressed")
        }
        defer { inflateEnd(&stream) }
        var content = Data(count: count)
        let isWhole = packed.withUnsafeBytes { source in
            content.withUnsafeMutableBytes { target in
                var (taken, given) = (0, 0)
                while given < count {
                    let input = UnsafeRawBufferPointer(rebasing: source[taken...].prefix(1 << 30))
                    let output = UnsafeMutableRawBufferPointer(rebasing: target[given...].prefix(1 << 30))
                    stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
                    stream.avail_in = UInt32(input.count)
                    stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
                    stream.avail_out = UInt32(output.count)
                    let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                    let (used, made) = (input.count - Int(stream.avail_in), output.count - Int(stream.avail_out))
                    taken += used
                    given += made
                    if status == Z_STREAM_END { break }
                    guard status == Z_OK, used > 0 || made > 0 else { return false }
                }
                return given == count
            }
        }
        guard isWhole else { throw damaged("its member '\(name)' is damaged or cut off") }
        return content
    }

    private func damaged(_ reason: String) -> TensorFileError { .malformed(file: file, reason: reason) }
}
