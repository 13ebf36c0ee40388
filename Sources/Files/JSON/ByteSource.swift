internal import CZlib
import Foundation

/// The bytes of a file in order, decompressed when it is gzip (which is told from its content, not its name).
package struct ByteSource: ~Copyable {
    package let path: String
    private let handle: gzFile
    /// Bytes given out, and the most there may be of a compressed file.
    private var total = 0
    private let limit: Int

    /// Text shrinks to a tenth or a twentieth; what claims more than this is made to fill the memory.
    package static let mostExpansion = 100
    /// The size to which a small file may expand all the same; also the limit where the size is not known.
    package static let smallSize = 128 << 20, unknownSize = 1 << 30

    package init(path: String) throws(FileError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path, reason: "no such file")
        }
        guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
        guard let handle = gzopen(path, "rb") else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        gzbuffer(handle, 1 << 18)
        var information = stat()
        let isFile = stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        let size = Int(information.st_size)
        limit =
            isFile
            ? max(Self.smallSize, size.multipliedReportingOverflow(by: Self.mostExpansion).partialValue)
            : Self.unknownSize
        self.path = path
        self.handle = handle
    }

    deinit { gzclose_r(handle) }

    /// Reads up to `count` bytes into `destination`; 0 means the end.
    package mutating func read(into destination: UnsafeMutablePointer<UInt8>, count: Int) throws(FileError) -> Int {
        let read = gzread(handle, destination, UInt32(clamping: min(count, 1 << 30)))
        var code: Int32 = 0
        let message = gzerror(handle, &code)
        if read < 0 || (code != Z_OK && code != Z_STREAM_END) {
            let text = message.map { String(cString: $0) } ?? ""
            if code == Z_ERRNO { throw .unreadable(path: path, reason: text) }
            throw .damagedCompression(path: path, reason: text.isEmpty ? "zlib error \(code)" : text)
        }
        total += Int(read)
        guard total <= limit || gzdirect(handle) != 0 else {
            throw .malformed(
                path: path,
                problem: "expands to more than \(limit >> 20) MiB, which is over \(Self.mostExpansion) times its size; "
                    + "if that is right, decompress it first")
        }
        return Int(read)
    }

    /// The first byte that is neither white space nor part of a byte order mark; nil for an empty file.
    package static func firstByte(of path: String) throws(FileError) -> UInt8? {
        var source = try ByteSource(path: path)
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 12)
        defer { chunk.deallocate() }
        while true {
            let count = try source.read(into: chunk, count: 1 << 12)
            if count == 0 { return nil }
            let skipped: [UInt8] = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
            if let byte = UnsafeBufferPointer(start: chunk, count: count).first(where: { !skipped.contains($0) }) {
                return byte
            }
        }
    }

    /// The whole content.
    package static func contents(of path: String) throws(FileError) -> [UInt8] {
        var source = try ByteSource(path: path)
        var bytes: [UInt8] = []
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 18)
        defer { chunk.deallocate() }
        while true {
            let count = try source.read(into: chunk, count: 1 << 18)
            if count == 0 { return bytes }
            bytes.append(contentsOf: UnsafeBufferPointer(start: chunk, count: count))
        }
    }
}
