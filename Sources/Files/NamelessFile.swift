import Foundation

/// A file for what does not fit into memory on its way to an output. It has no name, so nothing of it is left whatever happens.
package final class NamelessFile {
    private let path: String
    private let descriptor: Int32

    /// Makes one on the disk of an output.
    ///
    /// - Parameter path: the output, which errors name.
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package init(near path: String) throws(FileError) {
        self.path = path
        var folder = FileManager.default.temporaryDirectory.path
        if case .file(let target) = try OutputTarget(path) { folder = DurableFile.folder(of: target) }
        // Made under a name that is taken away at once; mkstemp puts a free one in the place of the six X.
        var template = Array("\(folder)/.tal-\(String(repeating: "X", count: 6))".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw SystemError.unwritable(path) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    /// Makes one in the system's folder for temporary files.
    ///
    /// - Parameter name: what it is for, which errors name.
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package convenience init(named name: String) throws(FileError) {
        try self.init(near: FileManager.default.temporaryDirectory.appendingPathComponent(name).path)
    }

    deinit { close(descriptor) }

    /// Adds bytes at the end.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard DurableFile.write(bytes, to: descriptor) else { throw SystemError.unwritable(path) }
    }

    /// Reads bytes that were written before.
    ///
    /// - Throws: ``FileError/unreadable(path:reason:)``.
    package func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
        var rest = bytes, offset = offset
        while !rest.isEmpty {
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .unreadable(path: path, reason: SystemError.reason()) }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
            offset += count
        }
    }

    /// Reads all from the beginning, a block at a time.
    ///
    /// - Throws: what `body` throws, or ``FileError/unreadable(path:reason:)``.
    package func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { block.deallocate() }
        var offset: off_t = 0
        while true {
            let count = pread(descriptor, block.baseAddress, block.count, offset)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError.unreadable(path: path, reason: SystemError.reason()) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
            offset += off_t(count)
        }
    }
}
