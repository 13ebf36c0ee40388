import Foundation

/// A path in the system's folder for temporary files that belongs to this process alone.
///
/// What a killed process left under the same path is removed when the path is taken again, so leftovers never grow in number.
package final class ScratchFile {
    package let path: String
    private let lock: FolderLock

    private static let most = 1000
    private static var folder: String {
        FileManager.default.temporaryDirectory.appendingPathComponent("tal-\(getuid())").path
    }

    /// - Parameter name: what it is for, such as `sweep.raw`.
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    package init(_ name: String) throws(FileError) {
        let folder = Self.folder
        _ = mkdir(folder, 0o700)
        var information = stat()
        guard lstat(folder, &information) == 0, information.st_mode & S_IFMT == S_IFDIR,
            information.st_uid == getuid(), information.st_mode & 0o022 == 0
        else {
            throw .unwritable(
                path: folder, reason: "temporary files go there, and it is no folder that only you can write to")
        }
        for number in 1...Self.most {
            let path = "\(folder)/\(number).\(name)"
            do throws(FileError) {
                lock = try FolderLock(file: path + ".lock", of: path)
            } catch .inUse {
                continue
            }
            try DurableFile.remove(path)
            self.path = path
            return
        }
        throw .unwritable(path: folder, reason: "\(Self.most) processes have temporary files there")
    }

    /// Removes what processes that are gone left of files for one purpose.
    ///
    /// - Parameter name: what they were for.
    package static func removeLeftovers(of name: String) {
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            let path = "\(folder)/\(entry)"
            guard entry.hasSuffix(".\(name)"), Int(entry.dropLast(name.count + 1)) != nil,
                let lock = try? FolderLock(file: path + ".lock", of: path)
            else { continue }
            unlink(path)
            lock.removeFile()
        }
    }

    deinit {
        unlink(path)
        lock.removeFile()
    }
}
