import Foundation

/// A file that is being written beside the one whose place it will take.
///
/// Its name is that of the target with a number. It is made exclusively and never through a link, and it is locked while
/// its process lives, so that the next writer of the same target can tell a leftover from work in progress.
package final class TemporaryFile {
    package let path: String
    package private(set) var descriptor: Int32

    private static let most = 100

    /// Makes one, and removes what killed processes left of the same target.
    ///
    /// - Parameters:
    ///   - target: the file to be replaced.
    ///   - output: the path that errors name.
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package init(beside target: String, for output: String) throws(FileError) {
        let folder = DurableFile.folder(of: target)
        let name = (target as NSString).lastPathComponent
        // Names may have 255 bytes.
        let stem = name.utf8.count <= 200 ? name : String(FileDigest.sha256(of: name).prefix(32))
        var made: (path: String, descriptor: Int32)?
        for number in 1...Self.most {
            let candidate = "\(folder)/.\(stem).\(number).tal-tmp"
            if made != nil {
                // Leftovers end with the first number that is free.
                var information = stat()
                guard lstat(candidate, &information) == 0 else { break }
                Self.removeLeftover(candidate)
                continue
            }
            Self.removeLeftover(candidate)
            let descriptor = open(candidate, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            if descriptor < 0 {
                guard errno == EEXIST else { throw SystemError.unwritable(output) }
                continue
            }
            // Some network file systems have no locks; there leftovers stay, which is the lesser evil.
            let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK
            // Another writer may have taken the file for a leftover before it was locked.
            guard isLocked, Self.isSame(descriptor, candidate) else {
                close(descriptor)
                continue
            }
            made = (candidate, descriptor)
        }
        guard let made else {
            throw .unwritable(path: output, reason: "\(Self.most) temporary files of it are in its folder")
        }
        (path, descriptor) = made
        var old = stat()
        if stat(target, &old) == 0 { fchmod(descriptor, old.st_mode & 0o7777) }
    }

    /// Gives the file the name of its target.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``; the temporary file is then removed.
    package func replace(_ target: String, durable: Bool, for output: String) throws(FileError) {
        do throws(FileError) {
            if durable, fsync(descriptor) != 0 { throw SystemError.unwritable(output) }
            // A network file system reports a full disk when the file is closed. The copy of the descriptor keeps the lock.
            let keeper = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            defer { if keeper >= 0 { close(keeper) } }
            defer { descriptor = -1 }
            guard close(descriptor) == 0, rename(path, target) == 0 else { throw SystemError.unwritable(output) }
        } catch {
            discard()
            throw error
        }
        if durable { try DurableFile.synchronize(DurableFile.folder(of: target)) }
    }

    /// Removes it.
    package func discard() {
        unlink(path)
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Removes a regular file of this name that no process has locked.
    private static func removeLeftover(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
            flock(descriptor, LOCK_EX | LOCK_NB) == 0, isSame(descriptor, path)
        else { return }
        unlink(path)
    }

    /// Whether the name still stands for the open file.
    private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }
}
