import Files
import Foundation
import Tensors

/// Several feature stores that are one whole: made by the same encoder, and where they are for shards, for all shards of one
/// list.
public struct StoreSet: Sendable {
    public let stores: [FeatureStore]
    /// What made the features of all of them.
    public let origin: FeatureOrigin
    /// Every video, sorted, with the indices of the stores that have it.
    public let videos: [(id: String, stores: [Int])]
    /// What is missing: shards that were not named, and videos that a store is for and does not have.
    public let gaps: [StoreSetError]

    /// Opens stores and checks that they belong together.
    ///
    /// - Throws: ``StoreSetError`` where they do not; ``FeatureError`` or `FileError` where one cannot be read.
    public init(_ paths: [String]) throws {
        try Self.refuseRepeated(paths)
        try self.init(paths.map { try FeatureStore($0) })
    }

    /// Checks that stores belong together.
    ///
    /// - Parameter stores: which are open already.
    /// - Throws: ``StoreSetError`` where they do not.
    public init(_ stores: [FeatureStore]) throws {
        try Self.refuseRepeated(stores.map(\.path))
        guard let first = stores.first, var origin = first.origin else { throw StoreSetError.none }
        for store in stores.dropFirst() {
            guard let other = store.origin else { continue }
            if let difference = other.difference(from: origin) {
                throw StoreSetError.otherEncoder(first: first.path, second: store.path, difference: difference)
            }
            origin.encoderPrecision = origin.encoderPrecision ?? other.encoderPrecision
        }
        var holders: [String: [Int]] = [:]
        for (index, store) in stores.enumerated() {
            for video in store.videos { holders[video, default: []].append(index) }
        }
        self.stores = stores
        self.origin = origin
        videos = holders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        gaps = try Self.gaps(stores)
    }

    private static func refuseRepeated(_ paths: [String]) throws {
        var seen: [String: String] = [:]
        for path in paths {
            guard let identity = FileIdentity(path)?.description else { continue }
            if let first = seen[identity] { throw StoreSetError.sameStore(first: first, second: path) }
            seen[identity] = path
        }
    }

    /// What is missing to whole lists.
    private static func gaps(_ stores: [FeatureStore]) throws -> [StoreSetError] {
        let parts = stores.compactMap { store in store.shard.map { (store: store, shard: $0) } }
        guard let first = parts.first else { return [] }
        var holders: [Int: String] = [:], gaps: [StoreSetError] = []
        for part in parts {
            guard part.shard.isOfSameList(as: first.shard) else {
                throw StoreSetError.otherList(
                    first: first.store.path, firstShard: first.shard.description, second: part.store.path,
                    secondShard: part.shard.description)
            }
            if let other = holders[part.shard.index] {
                throw StoreSetError.sameShard(
                    first: other, second: part.store.path, index: part.shard.index, count: part.shard.count)
            }
            holders[part.shard.index] = part.store.path
        }
        let absent = (0..<first.shard.count).filter { holders[$0] == nil }
        if !absent.isEmpty {
            gaps.append(.missingShards(indices: absent, count: first.shard.count, example: first.store.path))
        }
        let all = Set(stores.flatMap(\.videos))
        for part in parts {
            let missing = part.shard.videos.filter { !all.contains($0) }
            guard !missing.isEmpty else { continue }
            gaps.append(
                .missingVideos(
                    store: part.store.path, count: missing.count, of: part.shard.videos.count,
                    examples: Array(missing.prefix(3))))
        }
        return gaps
    }

    /// Videos that several stores have, which must then have the same features.
    ///
    /// - Returns: the ids.
    /// - Throws: ``StoreSetError/differentFeatures(video:first:second:difference:)`` or what reading throws.
    public func checkRepeatedVideos() throws -> [String] {
        let repeated = videos.filter { $0.stores.count > 1 }
        for video in repeated {
            let first = stores[video.stores[0]]
            for index in video.stores.dropFirst() {
                guard let difference = try Self.difference(first, stores[index], of: video.id) else { continue }
                throw StoreSetError.differentFeatures(
                    video: video.id, first: first.path, second: stores[index].path, difference: difference)
            }
        }
        return repeated.map(\.id)
    }

    private static func difference(_ first: FeatureStore, _ second: FeatureStore, of video: String) throws -> String? {
        let (one, other) = (try first.header(for: video), try second.header(for: video))
        if one.sourceSHA256 != other.sourceSHA256 { return "they were made from different files" }
        if one != other { return "\(one.length) and \(other.length) rows, or another grid" }
        if try first.precision(of: video) != second.precision(of: video) {
            return "they are stored in different precisions"
        }
        let (values, others) = (try first.sequence(for: video).features, try second.sequence(for: video).features)
        let isSame = values.withElements { values in
            others.withElements { others in zip(values, others).allSatisfy { $0.bitPattern == $1.bitPattern } }
        }
        return isSame ? nil : "their values differ"
    }
}
