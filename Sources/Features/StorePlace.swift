import Files
import Foundation

/// Where a store is written: its file, the folder beside it for what is not in it yet, and the right to write there.
final class StorePlace {
    /// The path as it was given.
    let path: String
    /// The file that the path leads to.
    let store: String
    let folder: String
    private let lock: FolderLock

    /// Takes the lock and removes what a killed process left half written.
    ///
    /// - Throws: `FileError`.
    init(_ path: String) throws {
        self.path = path
        try OutputTarget.check(path)
        guard case .file(let store) = try OutputTarget(path) else {
            throw FileError.unwritable(path: path, reason: "a store must be a file")
        }
        self.store = store
        folder = StoreLayout.partsFolder(of: store)
        try DurableFile.makeFolder(folder)
        guard StoreLayout.isOwnFolder(folder) else {
            throw FileError.unwritable(
                path: folder,
                reason: "finished videos go there until they are in the store, and it is no folder of ours but "
                    + "a link or a file; remove it")
        }
        lock = try FolderLock(file: folder + "/lock", of: path)
    }

    /// A name for a copy of the store that is being written.
    func temporaryName() -> String { StoreLayout.temporaryName(for: folder + "/" + StoreLayout.copyName) }

    func removeLeftovers() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where StoreLayout.isTemporary(name) {
            try DurableFile.remove(folder + "/" + name)
        }
    }

    /// Removes the folder of parts where only the lock is left in it.
    func removeEmptyFolder() {
        lock.removeFile()
        rmdir(folder)
    }

    /// Writes an empty store to a new file.
    ///
    /// - Throws: ``HDF5Failure``.
    static func writeEmpty(_ file: String, origin: FeatureOrigin, shard: StoreShard? = nil) throws {
        try StoreLayout.writeSkeleton(origin, shard: shard, into: HDF5File(file, .creating).root()).flush()
    }
}
