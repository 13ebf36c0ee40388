import Foundation

/// The bytes of a file in order, decompressed when it is gzip (recognised by its content, not its name).
///
/// The file is opened once and read once, so that a pipe can be read too: what was looked at with ``peek(count:)`` is
/// kept and comes first.
package struct ByteSource: ~Copyable {
    package let path: String
    /// Nil where all bytes were given.
    private let file: PackedStream?
    /// Bytes that were looked at and not yet read, from `pendingStart`.
    private var pending: [UInt8] = []
    private var pendingStart = 0

    /// The path that means the standard input; a file of that name is `./-`.
    package static let standardInput = "-"

    package init(path: String) throws(FileError) {
        let descriptor: Int32
        if path == Self.standardInput {
            descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
        } else {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw .missing(path: path)
            }
            guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
            var information = stat()
            let isPipe = stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO
            descriptor = isPipe ? try NamedPipe.open(path) : open(path, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
        self.path = path
        file = PackedStream(descriptor: descriptor, path: path)
    }

    /// Bytes that are in memory already; `path` is for errors.
    package init(bytes: [UInt8], path: String) {
        self.path = path
        file = nil
        pending = bytes
    }

    /// Reads up to `count` bytes into `destination`; 0 means the end.
    package mutating func read(into destination: UnsafeMutablePointer<UInt8>, count: Int) throws(FileError) -> Int {
        if pendingStart < pending.count {
            let taken = min(count, pending.count - pendingStart)
            pending.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return }
                destination.update(from: start + pendingStart, count: taken)
            }
            pendingStart += taken
            if pendingStart == pending.count { (pending, pendingStart) = ([], 0) }
            return taken
        }
        return try readFile(into: destination, count: count)
    }

    private func readFile(into destination: UnsafeMutablePointer<UInt8>, count: Int) throws(FileError) -> Int {
        try file?.read(into: destination, count: count) ?? 0
    }

    /// The next bytes, which stay to be read; fewer than `count` only at the end.
    package mutating func peek(count: Int) throws(FileError) -> [UInt8] {
        if pendingStart > 0 {
            pending.removeFirst(pendingStart)
            pendingStart = 0
        }
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
        defer { chunk.deallocate() }
        while pending.count < count {
            let read = try readFile(into: chunk, count: min(1 << 16, count - pending.count))
            if read == 0 { break }
            pending.append(contentsOf: UnsafeBufferPointer(start: chunk, count: read))
        }
        return Array(pending.prefix(count))
    }

    /// Everything that was not read yet.
    ///
    /// - Parameter limit: more bytes than this are refused.
    package mutating func remaining(limit: Int = 1 << 30) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 18)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk, count: 1 << 18)
            if count == 0 { return bytes }
            bytes.append(contentsOf: UnsafeBufferPointer(start: chunk, count: count))
            guard bytes.count <= limit else {
                throw .unreadable(path: path, reason: "it is larger than \(limit >> 20) MiB")
            }
        }
    }

    /// The whole content of a file.
    package static func contents(of path: String) throws(FileError) -> [UInt8] {
        var source = try ByteSource(path: path)
        return try source.remaining()
    }
}
