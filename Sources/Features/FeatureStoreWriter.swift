import Files
import Foundation
import Tensors

/// Writes features of videos into a store so that a process killed at any moment loses nothing it had finished.
///
/// HDF5 keeps no journal: a file that a killed process had open may be lost whole. So each finished video is a small file of
/// its own in the folder `STORE.parts`, synchronised with the disk and then renamed. From time to time, and at the end,
/// the parts are folded into a copy of the store, which takes the store's place by renaming. Readers see both.
///
/// One process writes to a store at a time; a second is refused. A writer belongs to one thread.
public final class FeatureStoreWriter {
    /// The file of the store.
    public let path: String
    /// What makes the features. Its precision is that of the store, where the store is older than this writer.
    public private(set) var origin: FeatureOrigin
    public let precision: FeaturePrecision
    /// Which part of a list of videos the store is for; nil where it is for no part.
    public let shard: StoreShard?
    /// Parts found damaged at the start and removed; their videos must be extracted again.
    public private(set) var discardedParts: [String] = []

    private let place: StorePlace
    private var store: String { place.store }
    private var folder: String { place.folder }
    private let reader = HDF5Reader()
    private var partBytes = 0
    private var partCount = 0
    private let smallestFold: Int

    /// Parts are folded at the latest when there are this many.
    private static let mostParts = 1000

    /// Opens a store for writing; makes it where there is none.
    ///
    /// - Parameters:
    ///   - path: the file, usually ending in `.h5`.
    ///   - origin: what makes the features; must be that of an existing store.
    ///   - precision: how values are stored.
    ///   - shard: which part of a list of videos the store is for; must be that of an existing store.
    ///   - smallestFold: how many bytes of finished parts are worth folding before the end; folding also waits until they
    ///     are half as large as the store, so that its cost stays in proportion.
    /// - Throws: ``FeatureError``.
    public init(
        _ path: String, origin: FeatureOrigin, precision: FeaturePrecision = .float32, shard: StoreShard? = nil,
        smallestFold: Int = 64 << 20
    ) throws {
        self.path = path
        self.origin = origin
        self.precision = precision
        self.shard = shard
        self.smallestFold = smallestFold
        place = try StorePlace(path)
        do {
            if FileManager.default.fileExists(atPath: store) {
                guard case .origin(let existing, let shard) = try reader.ask(.origin(path: store)) else {
                    throw HDF5Failure(reason: "it is not a feature store")
                }
                try check(existing, of: path)
                try check(shard)
                self.origin.encoderPrecision = existing.encoderPrecision
            } else {
                try makeEmptyStore()
            }
            try discardDamagedParts()
            try findComplete()
        } catch {
            place.removeEmptyFolder()
            if let failure = error as? HDF5Failure {
                throw FeatureError.malformed(path: path, reason: failure.reason)
            }
            throw error
        }
    }

    /// The videos that need no more work.
    public private(set) var complete = CompleteVideos()

    /// Begins the features of a video. They join the store when they are finished, and replace older ones.
    ///
    /// - Throws: ``FeatureError``.
    public func begin(_ video: String, channels: Int, grid: SnippetGrid) throws -> VideoFeatureWriter {
        let name = try VideoName.encode(video)
        let part = try folder + "/" + StoreLayout.partName(of: video)
        return try VideoFeatureWriter(
            name: name, part: part, origin: origin, channels: channels, grid: grid, precision: precision
        ) { [self] sourceSHA256 in
            complete.insert(video, sourceSHA256: sourceSHA256)
            partCount += 1
            partBytes += DurableFile.size(of: part)
            if partCount >= Self.mostParts || partBytes >= max(smallestFold, DurableFile.size(of: store) / 2) {
                try fold()
            }
        }
    }

    /// Writes the features of a video in one go.
    ///
    /// - Throws: ``FeatureError``.
    public func write(_ sequence: FeatureSequence, frameCount: Int? = nil, sourceSHA256: String? = nil) throws {
        let writer = try begin(sequence.video, channels: sequence.channels, grid: sequence.grid)
        try writer.append(sequence.features)
        try writer.finish(
            durationSeconds: sequence.durationSeconds, frameCount: frameCount, sourceSHA256: sourceSHA256)
    }

    /// Folds all finished videos into the store and removes the folder of parts. To be called once, at the end; without
    /// it the finished videos stay in their parts and are found there.
    ///
    /// - Throws: ``FeatureError``.
    public func close() throws {
        try fold()
        place.removeEmptyFolder()
    }

    // MARK: - The store

    /// Folds all parts into a copy of the store that then takes its place.
    private func fold() throws {
        let parts = StoreLayout.parts(of: store)
        guard !parts.isEmpty else { return }
        let copy = place.temporaryName()
        do {
            try DurableFile.copy(store, toNew: copy)
            _ = try reader.ask(.fold(copy: copy, parts: parts))
            try DurableFile.replace(store, with: copy)
        } catch {
            unlink(copy)
            if let failure = error as? HDF5Failure {
                throw FileError.unwritable(path: path, reason: failure.reason)
            }
            throw error
        }
        for part in parts { try DurableFile.remove(part) }
        partCount = 0
        partBytes = 0
    }

    private func makeEmptyStore() throws {
        let temporary = place.temporaryName()
        do {
            try StorePlace.writeEmpty(temporary, origin: origin, shard: shard)
            try DurableFile.replace(store, with: temporary)
        } catch {
            unlink(temporary)
            if let failure = error as? HDF5Failure {
                throw FileError.unwritable(path: path, reason: failure.reason)
            }
            throw error
        }
    }

    /// - Throws: ``FeatureError/otherEncoder(path:difference:)`` where something else made the features in `file`.
    private func check(_ existing: FeatureOrigin, of file: String) throws {
        guard let difference = existing.difference(from: origin) else { return }
        throw FeatureError.otherEncoder(path: file, difference: difference)
    }

    /// - Throws: ``FeatureError/otherShard(path:difference:)`` where the existing store is for something else.
    private func check(_ existing: StoreShard?) throws {
        guard existing != shard else { return }
        func name(_ shard: StoreShard?) -> String { shard?.description ?? "a store of whole lists" }
        throw FeatureError.otherShard(path: path, difference: "\(name(existing)) and not \(name(shard))")
    }

    /// A part is synchronised before it gets its name, so a damaged one means a fault of the disk; its video is redone.
    private func discardDamagedParts() throws {
        for part in StoreLayout.parts(of: store) {
            do {
                guard case .part(_, let origin) = try reader.ask(.part(path: part)) else { continue }
                try check(origin, of: part)
            } catch is HDF5Failure {
                try DurableFile.remove(part)
                discardedParts.append(part)
            }
        }
    }

    private func findComplete() throws {
        let content = try FeatureStore(store)
        for video in content.videos {
            // A video whose header is damaged is not complete: it is redone.
            guard let header = try? content.header(for: video) else { continue }
            complete.insert(video, sourceSHA256: header.sourceSHA256)
        }
        let parts = StoreLayout.parts(of: store)
        partCount = parts.count
        partBytes = parts.reduce(0) { $0 + DurableFile.size(of: $1) }
    }
}
