import Foundation

/// The right of one process to write to a folder or a store. The system takes it back when the process ends, however it
/// ends. While it is held, its file holds the number of the process.
public final class FolderLock {
    private let descriptor: Int32
    private let file: String
    private var isRemoved = false

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - file: the lock's own file, made where it is missing; never a link.
    ///   - subject: the folder or store it stands for, named in errors.
    /// - Throws: ``FileError/inUse(path:process:)`` where another process has it, or ``FileError/unwritable(path:reason:)``.
    public init(file: String, of subject: String) throws(FileError) {
        self.file = file
        while true {
            let descriptor = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else {
                if errno == ELOOP { throw .unwritable(path: file, reason: "it is a symbolic link; remove it") }
                throw SystemError.unwritable(file)
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                let holder = Self.holder(descriptor)
                close(descriptor)
                throw code == EWOULDBLOCK ? .inUse(path: subject, process: holder) : SystemError.unwritable(file, code)
            }
            // The holder before may have removed the file between our opening and locking it.
            var (opened, named) = (stat(), stat())
            if fstat(descriptor, &opened) == 0, lstat(file, &named) == 0, opened.st_ino == named.st_ino {
                self.descriptor = descriptor
                // For people only, so a full disk does not matter.
                ftruncate(descriptor, 0)
                _ = Array("\(getpid())\n".utf8).withUnsafeBytes { DurableFile.write($0, to: descriptor) }
                return
            }
            close(descriptor)
        }
    }

    /// Takes the lock of a folder, which is the file `lock` in it.
    ///
    /// - Throws: as ``init(file:of:)``.
    public convenience init(folder: String) throws(FileError) {
        try self.init(file: folder + "/lock", of: folder)
    }

    /// Removes the lock's file; still locked until the object goes.
    public func removeFile() {
        // Another process may have made one of its own once this is gone.
        guard !isRemoved else { return }
        isRemoved = true
        unlink(file)
    }

    deinit {
        // A process that is just being started may have a copy of the descriptor, which closing ours would leave locked.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count].prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }
}
