import Files

/// A list of videos divided into shards of about the same cost.
///
/// The longest of what is left goes to the shard that has least so far (R. L. Graham, Bounds on multiprocessing timing
/// anomalies, 1969): the fullest shard then has at most a third more than is possible at best, and with many videos far less.
/// Nothing but the list decides, so every process that has the same list divides it in the same way.
public struct ShardPlan: Sendable {
    /// For each shard the indices of its videos in the list, in the order of their ids.
    public let shards: [[Int]]
    /// For each shard the sum of the costs of its videos.
    public let costs: [Int]
    /// SHA-256 of the ids and costs, in the order of the ids.
    public let listSHA256: String

    /// - Parameters:
    ///   - ids: of the videos, all different.
    ///   - known: what each is expected to cost, in any unit; nil where that is not known, which counts as the mean of the others.
    ///   - count: how many shards, at least 1.
    public init(ids: [String], costs known: [Int?], count: Int) {
        precondition(
            ids.count == known.count && count > 0, "\(ids.count) videos, \(known.count) costs, \(count) shards")
        let given = known.compactMap(\.self)
        let mean = given.isEmpty ? 1 : max(1, given.reduce(0, +) / given.count)
        let costs = known.map { $0 ?? mean }
        let bytes = ids.map { Array($0.utf8) }
        let order = ids.indices.sorted { bytes[$0].lexicographicallyPrecedes(bytes[$1]) }
        var hash = SHA256()
        for index in order { hash.update("\(JSONText.quoted(ids[index])) \(costs[index])\n") }
        listSHA256 = hash.hexadecimal()

        // Sorting is not stable, so the order by ids is part of the comparison.
        let longestFirst = order.enumerated().sorted {
            (costs[$1.element], $0.offset) < (costs[$0.element], $1.offset)
        }
        var heap = LeastLoaded(count), members = [[Int]](repeating: [], count: count)
        for (rank, index) in longestFirst { members[heap.add(costs[index])].append(rank) }
        shards = members.map { ranks in ranks.sorted().map { order[$0] } }
        self.costs = shards.map { $0.reduce(0) { $0 + costs[$1] } }
    }

    /// How much longer the fullest shard works than the mean of all; 0 where all have the same.
    public var imbalance: Double {
        let total = costs.reduce(0, +)
        guard total > 0, let most = costs.max() else { return 0 }
        return Double(most) * Double(costs.count) / Double(total) - 1
    }
}

/// Shards by load: a binary heap whose first is the one with least, and of several the one with the lowest number.
private struct LeastLoaded {
    private var heap: [(load: Int, shard: Int)]

    init(_ count: Int) { heap = (0..<count).map { (0, $0) } }

    /// Gives a load to the shard that has least.
    ///
    /// - Returns: its index.
    mutating func add(_ load: Int) -> Int {
        let shard = heap[0].shard
        heap[0].load += load
        var place = 0
        while true {
            let children = [2 * place + 1, 2 * place + 2].filter { $0 < heap.count }
            guard let child = children.min(by: { heap[$0] < heap[$1] }), heap[child] < heap[place] else { return shard }
            heap.swapAt(child, place)
            place = child
        }
    }
}
