import Foundation

/// What the path of an output leads to, which decides how it is written.
///
/// Only a missing or a regular file is replaced, and symbolic links are followed to the file that they mean. Everything
/// else (a device, a pipe, `/dev/stdout`) is opened and written; `-` is the standard output.
package enum OutputTarget: Equatable, Sendable {
    /// A file that is replaced as a whole, or made: its path without symbolic links at its end.
    case file(String)
    /// A device, a pipe or a socket.
    case stream(String)
    /// A file that this process has open.
    case descriptor(Int32)

    /// Finds what a path leads to.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)`` for a folder, for links in a circle, and where the way is barred.
    package init(_ path: String) throws(FileError) {
        if path == "-" {
            self = .descriptor(STDOUT_FILENO)
            return
        }
        guard !path.isEmpty else { throw .unwritable(path: path, reason: "the path is empty") }
        var current = path
        for _ in 0..<40 {
            if let descriptor = Self.descriptor(of: current) {
                self = .descriptor(descriptor)
                return
            }
            var information = stat()
            guard lstat(current, &information) == 0 else {
                guard errno == ENOENT else { throw SystemError.unwritable(path) }
                self = .file(current)
                return
            }
            switch information.st_mode & S_IFMT {
            case S_IFREG:
                self = .file(current)
                return
            case S_IFDIR: throw SystemError.unwritable(path, EISDIR)
            case S_IFLNK:
                guard let destination = Self.destination(of: current) else { throw SystemError.unwritable(path) }
                current = destination.hasPrefix("/") ? destination : DurableFile.folder(of: current) + "/" + destination
            default:
                self = .stream(current)
                return
            }
        }
        throw SystemError.unwritable(path, ELOOP)
    }

    /// Checks, before any work, that an output can be written; makes and changes nothing.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package static func check(_ path: String) throws(FileError) {
        switch try OutputTarget(path) {
        case .descriptor(let descriptor):
            let flags = fcntl(descriptor, F_GETFL)
            guard flags >= 0, flags & O_ACCMODE != O_RDONLY else {
                throw .unwritable(path: path, reason: "it is not open for writing")
            }
        case .stream(let stream):
            guard access(stream, W_OK) == 0 else { throw SystemError.unwritable(path) }
        case .file(let file):
            let folder = DurableFile.folder(of: file)
            var information = stat()
            guard stat(folder, &information) == 0 else {
                throw errno == ENOENT
                    ? .unwritable(path: path, reason: "there is no folder \(folder)") : SystemError.unwritable(path)
            }
            guard information.st_mode & S_IFMT == S_IFDIR else {
                throw .unwritable(path: path, reason: "\(folder) is not a folder")
            }
            guard !file.hasSuffix("/") else { throw .unwritable(path: path, reason: "it names a folder") }
            // Others open it by its own name or by that of a link.
            for name in [path, file] {
                guard let ending = compressionEndings.first(where: { name.lowercased().hasSuffix($0) }) else {
                    continue
                }
                throw .unwritable(
                    path: path,
                    reason:
                        "'\(ending)' is for compressed files, which are not written; leave it away, and compress the "
                        + "file afterwards")
            }
            guard access(folder, W_OK | X_OK) == 0 else { throw SystemError.unwritable(path) }
            // A file that its owner has made read-only is not replaced, though the system would allow that.
            guard access(file, F_OK) != 0 || access(file, W_OK) == 0 else { throw SystemError.unwritable(path) }
        }
    }

    /// Names by which other programs take a file for a compressed one.
    private static let compressionEndings = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".7z", ".tgz"]

    /// The number in `/dev/stdout`, `/dev/fd/5`, `/proc/self/fd/5` and the like; nil for other paths.
    private static func descriptor(of path: String) -> Int32? {
        switch path {
        case "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            for folder in ["/dev/fd/", "/proc/self/fd/", "/proc/\(getpid())/fd/"] where path.hasPrefix(folder) {
                return Int32(path.dropFirst(folder.count)).flatMap { $0 >= 0 ? $0 : nil }
            }
            return nil
        }
    }

    private static func destination(of link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(link, &bytes, bytes.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
