public import Extraction
import Features
import Files
import Foundation

/// The videos of one shard, and where their features go.
public struct ShardedVideos: Sendable {
    public let shard: Shard
    /// The store of this shard.
    public let path: String
    /// The videos of this shard, in the order of their ids.
    public let videos: [VideoInput]
    /// How many videos the whole list has.
    public let listCount: Int
    /// The part of all work that is this shard's, from 0 to 1.
    public let costFraction: Double
    /// How much longer the fullest shard works than the mean of all.
    public let imbalance: Double
    let record: StoreShard

    /// The file that keeps what headers of videos say: `f.headers.jsonl` for `f.h5`.
    static func headerFile(of output: String) -> String {
        let path = output as NSString
        return (path.pathExtension.isEmpty ? output : path.deletingPathExtension) + ".headers.jsonl"
    }

    /// Divides a list.
    ///
    /// - Parameters:
    ///   - list: all videos; each process must give the same.
    ///   - headers: of the videos, in order; nil where one is not known.
    ///   - path: the store of this shard.
    init(
        _ shard: Shard, of list: [VideoInput], headers: [VideoHeader?], encoder: any SnippetEncoder, path: String
    ) {
        let cost = VideoCost(encoder)
        let plan = ShardPlan(
            ids: list.map(\.id), costs: headers.map { $0.flatMap(cost.callAsFunction) }, count: shard.count)
        self.shard = shard
        self.path = path
        videos = plan.shards[shard.index].map { list[$0] }
        listCount = list.count
        let total = plan.costs.reduce(0, +)
        costFraction = total > 0 ? Double(plan.costs[shard.index]) / Double(total) : 0
        imbalance = plan.imbalance
        record = StoreShard(
            index: shard.index, count: shard.count, listSHA256: plan.listSHA256, listCount: list.count,
            videos: videos.map(\.id))
    }

    /// Checks, before any work, that stores of other shards that are there already are for the same list and encoder. The first
    /// of them will do, since each was checked in the same way.
    ///
    /// - Throws: ``ShardError/otherList(path:theirs:ours:)`` or what reading throws.
    func checkOthers(of output: String, origin: FeatureOrigin) throws {
        for index in 0..<shard.count where index != shard.index {
            let path = Shard(index, of: shard.count).path(of: output)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let other = try FeatureStore(path)
            if let theirs = other.origin, let difference = theirs.difference(from: origin) {
                throw ShardError.otherList(
                    path: path, theirs: "a store made with \(difference)", ours: "a store of \(origin.encoder)")
            }
            guard let theirs = other.shard, theirs.isOfSameList(as: record) else {
                throw ShardError.otherList(
                    path: path, theirs: other.shard?.description ?? "no store of a shard", ours: record.description)
            }
            return
        }
    }

    var summary: String {
        let percent = { (fraction: Double) in String(format: "%.1f", 100 * fraction) }
        return
            "shard \(shard.index) of \(shard.count): \(videos.count) of \(listCount) videos, \(percent(costFraction)) % of the "
            + "work; the fullest shard has \(percent(imbalance)) % more than the mean"
    }
}
