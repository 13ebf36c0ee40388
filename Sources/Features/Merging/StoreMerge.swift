import Files
import Foundation

/// Puts the videos of several stores into one.
///
/// The values are copied as they lie in the files, chunk by chunk, after their checksums were checked and every value was found to
/// be a number. The bytes of a new store depend neither on the order of the inputs nor on how the videos were divided between
/// them.
///
/// The result is written in the folder of parts of the output and takes its place by renaming, so a merge that is killed leaves the store
/// that was there, and the next one removes the rest. A store that is there already is one of the inputs; where it holds all
/// videos, it stays as it is.
public struct StoreMerge: Sendable {
    /// What was done.
    public struct Report: Sendable {
        /// Videos in the merged store.
        public var videoCount = 0
        /// Videos that several stores have with the same features.
        public var repeated: [String] = []
        /// What is missing.
        public var gaps: [StoreSetError] = []
        /// Bytes of the merged store.
        public var bytes = 0
        /// Whether the store held all of it before, so that nothing was written.
        public var wasComplete = false
    }

    public var inputs: [String]
    public var output: String
    /// Whether shards and videos may be missing.
    public var allowsGaps = false

    /// Videos in one request to the process that reads.
    private static let batch = 32

    public init(_ inputs: [String], into output: String) {
        self.inputs = inputs
        self.output = output
    }

    /// Merges.
    ///
    /// - Parameter progress: called with the number of videos done, and of all; it throws to end the work.
    /// - Throws: ``StoreSetError`` where the stores do not belong together or something is missing, ``FeatureError`` of damaged
    ///   features, or `FileError`. The output is then as it was.
    public func run(progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws -> Report {
        guard !inputs.isEmpty else { throw StoreSetError.none }
        // Nothing is made where a store is missing.
        for path in inputs where !FileManager.default.fileExists(atPath: path) { throw FileError.missing(path: path) }
        let place = try StorePlace(output)
        defer { place.removeEmptyFolder() }
        return try merge(into: place.store, copy: place.temporaryName(), progress)
    }

    private func merge(
        into store: String, copy: String, _ progress: (Int, Int) throws -> Void
    ) throws -> Report {
        let target = FileManager.default.fileExists(atPath: store) ? FileIdentity(store) : nil
        let isNamed = target.map { target in inputs.contains { FileIdentity($0) == target } } ?? true
        let locks = try lockInputs(except: target)
        let set = try StoreSet(isNamed ? inputs : [output] + inputs)
        let own = target.flatMap { target in set.stores.first { FileIdentity($0.path) == target } }
        if let shard = own?.shard {
            throw StoreSetError.outputIsShard(path: output, shard: shard.description)
        }
        var report = Report(videoCount: set.videos.count, gaps: set.gaps)
        if !allowsGaps, let gap = set.gaps.first { throw gap }
        report.repeated = try set.checkRepeatedVideos()
        if let own, own.videos.count == set.videos.count, StoreLayout.parts(of: store).isEmpty {
            report.wasComplete = true
        } else {
            do {
                try write(set, to: copy, progress)
                try DurableFile.replace(store, with: copy)
            } catch {
                unlink(copy)
                if let failure = error as? HDF5Failure {
                    throw FileError.unwritable(path: output, reason: failure.reason)
                }
                throw error
            }
            for part in StoreLayout.parts(of: store) { try DurableFile.remove(part) }
        }
        report.bytes = DurableFile.size(of: store)
        return withExtendedLifetime(locks) { report }
    }

    /// Keeps extractions that were not finished from going on while their stores are read. An input without a folder of parts, or where
    /// nothing can be written, needs no lock: a new extraction replaces the file, and the one that was opened is read to its end.
    private func lockInputs(except target: FileIdentity?) throws -> [FolderLock] {
        try inputs.compactMap { path -> FolderLock? in
            guard target == nil || FileIdentity(path) != target, case .file(let file)? = try? OutputTarget(path) else {
                return nil
            }
            let folder = StoreLayout.partsFolder(of: file)
            guard StoreLayout.isOwnFolder(folder) else { return nil }
            do {
                return try FolderLock(file: folder + "/lock", of: path)
            } catch let error as FileError {
                if case .inUse = error { throw error }
                return nil
            }
        }
    }

    private func write(_ set: StoreSet, to copy: String, _ progress: (Int, Int) throws -> Void) throws {
        try StorePlace.writeEmpty(copy, origin: set.origin)
        let reader = HDF5Reader()
        // As parts are folded into a store: by the names of their files.
        var queue: [(part: String, video: MergedVideo)] = []
        for video in set.videos {
            queue.append(
                (try StoreLayout.partName(of: video.id), MergedVideo(source: video.stores[0], video: video.id)))
        }
        queue.sort { $0.part < $1.part }
        _ = try reader.ask(.beginMerge(target: copy, sources: set.stores.map(\.path)))
        var done = 0
        while done < queue.count {
            try progress(done, queue.count)
            let batch = queue[done..<min(done + Self.batch, queue.count)].map(\.video)
            _ = try reader.ask(.merge(batch))
            done += batch.count
        }
        _ = try reader.ask(.endMerge)
        try progress(done, queue.count)
    }
}
