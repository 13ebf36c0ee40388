import Files
import Foundation

/// A file or pipe opened for reading, once.
struct InputDescriptor: ~Copyable {
    let number: Int32
    /// A regular file can be read from any position and more than once; a pipe from front to back only.
    let isRegularFile: Bool
    /// Bytes of a regular file.
    let size: Int

    /// Opens a regular file or a pipe. Never waits: a pipe that nobody writes to is empty.
    ///
    /// - Throws: `FileError` where nothing is there, or something else than a file or a pipe.
    init(path: String) throws(FileError) {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .missing(path: path) }
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            let reason = errno
            if reason == ENOENT || reason == ENOTDIR { throw .missing(path: path) }
            throw .unreadable(path: path, reason: String(cString: strerror(reason)))
        }
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            close(descriptor)
            throw .unreadable(path: path, reason: "its kind is unknown")
        }
        switch information.st_mode & S_IFMT {
        case S_IFREG:
            isRegularFile = true
        case S_IFIFO:
            isRegularFile = false
        case let kind:
            close(descriptor)
            throw .unreadable(path: path, reason: kind == S_IFDIR ? "a folder" : "a device or socket, no file")
        }
        number = descriptor
        size = Int(information.st_size)
    }

    deinit { close(number) }

    /// Gives the descriptor away; whoever takes it closes it.
    consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
