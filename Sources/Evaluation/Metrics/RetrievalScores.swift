/// Retrieval scores: how well queries find their candidates.
public struct RetrievalScores: Hashable, Codable, Sendable {
    /// R@1, R@5 and R@10: the fraction of queries with a relevant candidate among the first 1, 5 and 10.
    public var recall1: Double
    public var recall5: Double
    public var recall10: Double
    /// Median rank of the first relevant candidate, counted from 1.
    public var medianRank: Double

    /// Scores from similarities.
    ///
    /// An irrelevant candidate with an equal similarity counts as half a rank, so that a constant similarity is no better than
    /// chance.
    ///
    /// - Parameters:
    ///   - similarities: one row a query.
    ///   - belongs: whether a candidate (second) is relevant to a query (first).
    public init(similarities: [[Float]], belongs: (Int, Int) -> Bool) {
        let ranks = similarities.enumerated().map { query, row -> Double in
            let own = row.indices.filter { belongs(query, $0) }
            guard let best = own.map({ row[$0] }).max() else { return .infinity }
            var rank = 1.0
            for candidate in row.indices where !belongs(query, candidate) {
                if row[candidate] > best { rank += 1 } else if row[candidate] == best { rank += 0.5 }
            }
            return rank
        }.sorted()
        func share(_ limit: Double) -> Double {
            ranks.isEmpty ? 0 : Double(ranks.count { $0 <= limit }) / Double(ranks.count)
        }
        recall1 = share(1)
        recall5 = share(5)
        recall10 = share(10)
        let middle = ranks.count / 2
        if ranks.isEmpty {
            medianRank = 0
        } else {
            medianRank = ranks.count % 2 == 1 ? ranks[middle] : (ranks[middle - 1] + ranks[middle]) / 2
        }
    }
}
