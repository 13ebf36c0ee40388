import Foundation

/// The right of one process to write to a store. The system takes it back when the process ends, however it ends.
final class StoreLock {
    private let descriptor: Int32
    private let file: String

    /// - Parameters:
    ///   - file: the lock's own file, made where it is missing.
    ///   - store: the store it stands for, named in the error.
    /// - Throws: ``FeatureError/inUse(path:)`` or ``FeatureError/unwritable(path:reason:)``.
    init(file: String, store: String) throws {
        self.file = file
        while true {
            let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                throw FeatureError.unwritable(path: file, reason: String(cString: strerror(errno)))
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let isHeld = errno == EWOULDBLOCK
                let reason = String(cString: strerror(errno))
                close(descriptor)
                throw isHeld ? FeatureError.inUse(path: store) : .unwritable(path: file, reason: reason)
            }
            // The holder before may have removed the file between our opening and locking it.
            var (opened, named) = (stat(), stat())
            if fstat(descriptor, &opened) == 0, stat(file, &named) == 0, opened.st_ino == named.st_ino {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    /// Removes the lock's file; still locked until the object goes.
    func removeFile() {
        unlink(file)
    }

    deinit { close(descriptor) }
}
