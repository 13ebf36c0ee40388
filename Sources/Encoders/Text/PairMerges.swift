/// The pairs of pieces that byte-pair encoding joins (Sennrich et al., 2016), in the order in which training found them.
struct PairMerges: Sendable {
    private struct Pair: Hashable {
        var first: Int
        var second: Int
    }

    private struct Merge {
        var rank: Int
        var piece: Int
    }

    private var merges: [Pair: Merge] = [:]

    /// Pairs, each counted once.
    var count: Int { merges.count }

    /// Adds the next pair, and the piece that it becomes. Of a pair given twice the later rank counts.
    mutating func append(_ first: Int, _ second: Int, rank: Int, piece: Int) {
        merges[Pair(first: first, second: second)] = Merge(rank: rank, piece: piece)
    }

    /// Joins the pair that was found first in training, the leftmost of these, until none is left.
    func joined(_ pieces: [Int]) -> [Int] {
        var pieces = pieces
        guard pieces.count > 1 else { return pieces }
        func merge(at place: Int) -> Merge? { merges[Pair(first: pieces[place], second: pieces[place + 1])] }
        var possible = (0..<(pieces.count - 1)).map(merge)
        while let place = possible.indices.min(by: { (possible[$0]?.rank ?? .max) < (possible[$1]?.rank ?? .max) }),
            let best = possible[place]
        {
            pieces[place] = best.piece
            pieces.remove(at: place + 1)
            possible.remove(at: place)
            if place > 0 { possible[place - 1] = merge(at: place - 1) }
            if place < possible.count { possible[place] = merge(at: place) }
        }
        return pieces
    }
}
