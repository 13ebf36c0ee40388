import Files
import Foundation

/// Where a store is written: its file, the folder beside it for what is not in it yet, and the right to write there.
///
/// The right lasts as long as the object. What is written under a ``temporaryName()`` and was not renamed goes with the next place.
final class StorePlace {
    /// The file that the path leads to.
    let store: String
    /// The folder of parts.
    let folder: String
    private let lock: FolderLock

    /// Makes the folder of parts, takes the lock that lies in it, and removes what a killed process left half written.
    ///
    /// - Throws: `FileError`.
    init(_ path: String) throws {
        try OutputTarget.check(path)
        guard case .file(let store) = try OutputTarget(path) else {
            throw FileError.unwritable(path: path, reason: "HDF5 is not written front to back, so it must be a file")
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
        do {
            try removeLeftovers()
        } catch {
            removeEmptyFolder()
            throw error
        }
    }

    /// A name for a copy of the store that is being written.
    func temporaryName() -> String { StoreLayout.temporaryName(for: folder + "/" + StoreLayout.copyName) }

    private func removeLeftovers() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where StoreLayout.isTemporary(name) {
            try DurableFile.remove(folder + "/" + name)
        }
    }

    /// Removes the lock's file, and the folder of parts where nothing else is in it. To be called last.
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
