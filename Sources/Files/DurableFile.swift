public import Foundation

/// File operations that hold after a power cut.
public enum DurableFile {
    /// Makes the content of a file, or the entries of a folder, safe on the disk.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// Puts a written file in the place of another, safely: first its content, then its name.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func replace(_ path: String, with temporary: String) throws {
        try synchronize(temporary)
        guard rename(temporary, path) == 0 else { throw failure(path) }
        try synchronize(folder(of: path))
    }

    /// Removes a file; does nothing where there is none.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path) }
    }

    /// Copies a file over another.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func copy(_ source: String, to target: String) throws {
        try remove(target)
        do {
            try FileManager.default.copyItem(atPath: source, toPath: target)
        } catch {
            throw FileError.unwritable(
                path: target, reason: "copying \(source) failed; check that the disk has room")
        }
    }

    /// Makes a folder in an existing one; does nothing where it is there already.
    ///
    /// - Throws: ``FileError/unwritable(path:reason:)``.
    public static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw failure(path) }
    }

    /// The size of a file in bytes; 0 where there is none.
    public static func size(of path: String) -> Int {
        var information = stat()
        return stat(path, &information) == 0 ? Int(information.st_size) : 0
    }

    /// The folder that a path lies in.
    public static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private static func failure(_ path: String) -> FileError {
        .unwritable(path: path, reason: errno == ENOSPC ? "the disk is full" : String(cString: strerror(errno)))
    }
}
