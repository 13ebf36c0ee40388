public import Foundation

/// File operations that hold after a power cut.
public enum DurableFile {
    /// Makes the content of a file, or the entries of a folder, safe on the disk.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func synchronize(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// Puts a written file in the place of another, safely: first its content, then its name.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func replace(_ path: String, with temporary: String) throws(FileError) {
        try synchronize(temporary)
        guard rename(temporary, path) == 0 else { throw failure(path) }
        try synchronize(folder(of: path))
    }

    /// Removes a file; does nothing where there is none.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
    }

    /// Copies a file to a name that is not taken, through no link.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``, or ``FileError/unreadable(path:reason:)`` of the source.
    public static func copy(_ source: String, toNew target: String) throws(FileError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw .unreadable(path: source, reason: SystemError.reason()) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw failure(target) }
        defer { close(output) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = read(input, block.baseAddress, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path: source, reason: SystemError.reason()) }
            if count == 0 { return }
            guard write(UnsafeRawBufferPointer(rebasing: block[..<count]), to: output) else {
                let error = failure(target)
                unlink(target)
                throw error
            }
        }
    }

    /// Writes bytes to an open file.
    ///
    /// - Returns: false where the system refuses, with the reason in `errno`.
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(descriptor, start, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }

    /// Whether a regular file, and no link to one, lies at the path.
    package static func isRegular(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
    }

    /// Adds bytes at the end of a file, which is made where it is missing. Where not all of them can be written, the file is
    /// as it was.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func append(_ data: Data, to path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard data.withUnsafeBytes({ write($0, to: descriptor) }) else {
            let error = failure(path)
            if end >= 0 { ftruncate(descriptor, end) }
            throw error
        }
    }

    /// Makes a folder and those above it; does nothing where it is there already.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func makeFolders(_ path: String) throws(FileError) {
        var information = stat()
        if stat(path, &information) == 0 {
            guard information.st_mode & S_IFMT == S_IFDIR else { throw failure(path, ENOTDIR) }
            return
        }
        let parent = folder(of: path)
        if parent != path { try makeFolders(parent) }
        try makeFolder(path)
    }

    /// Makes a folder in an existing one; does nothing where it is there already.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func makeFolder(_ path: String) throws(FileError) {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure(path) }
    }

    /// The size of a file in bytes; 0 where there is none.
    public static func size(of path: String) -> Int {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : 0
    }

    /// The folder that a path lies in.
    public static func folder(of path: String) -> String {
        let folder = parent(of: path)
        return folder.isEmpty ? "." : folder
    }

    /// A path without its last part; empty where it has no other. On Linux, Foundation ends the process at names of one letter.
    package static func parent(of path: String) -> String {
        func trimmed(_ text: Substring) -> Substring {
            var text = text
            while text.count > 1, text.last == "/" { text.removeLast() }
            return text
        }
        let text = trimmed(path[...])
        guard let slash = text.lastIndex(of: "/") else { return "" }
        return String(slash == text.startIndex ? "/" : trimmed(text[..<slash]))
    }

    private static func failure(_ path: String, _ code: Int32 = errno) -> FileError {
        SystemError.unwritable(path, code)
    }
}
