/// Why several stores do not belong together; each case names both sides.
public enum StoreSetError: Error, Equatable, CustomStringConvertible {
    /// No store was named.
    case none
    /// One store was named twice.
    case sameStore(first: String, second: String)
    /// A store was made by another encoder, or with other settings, than the first.
    case otherEncoder(first: String, second: String, difference: String)
    /// Two stores are for shards of different lists.
    case otherList(first: String, firstShard: String, second: String, secondShard: String)
    /// Two stores are for the same shard.
    case sameShard(first: String, second: String, index: Int, count: Int)
    /// Stores of some shards were not named.
    case missingShards(indices: [Int], count: Int, example: String)
    /// Videos that a store is for and does not have.
    case missingVideos(store: String, count: Int, of: Int, examples: [String])
    /// Two stores have different features of one video.
    case differentFeatures(video: String, first: String, second: String, difference: String)
    /// The output of a merge is itself the store of a shard.
    case outputIsShard(path: String, shard: String)

    public var description: String {
        switch self {
        case .none: "no feature store was named"
        case .sameStore(let first, let second): "\(first) and \(second) are one store; name it once"
        case .otherEncoder(let first, let second, let difference):
            "\(second) and \(first) do not belong together: the first was made with \(difference)"
        case .otherList(let first, let firstShard, let second, let secondShard):
            "\(first) and \(second) do not belong together: \(firstShard); \(secondShard)"
        case .sameShard(let first, let second, let index, let count):
            "\(first) and \(second) are both for shard \(index) of \(count); name one of them"
        case .missingShards(let indices, let count, let example):
            "\(Self.ranges(indices)) of \(count) \(indices.count == 1 ? "is" : "are") missing beside \(example)"
        case .missingVideos(let store, let missing, let count, let examples):
            "\(store): \(missing) of its \(count) videos \(missing == 1 ? "is" : "are") missing "
                + "(\(examples.joined(separator: ", "))\(missing > examples.count ? ", …" : "")); extract this shard again"
        case .differentFeatures(let video, let first, let second, let difference):
            "\(first) and \(second) have different features of '\(video)': \(difference); name only one of them, or extract "
                + "the video again"
        case .outputIsShard(let path, let shard):
            "\(path): is \(shard) and cannot take in other stores; choose another file"
        }
    }

    /// `shard 3`, `shards 1, 4 to 6`.
    private static func ranges(_ indices: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for index in indices.sorted() {
            if let last = ranges.last, last.upperBound + 1 == index {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        let texts = ranges.prefix(8).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)" }
        return (indices.count == 1 ? "shard " : "shards ") + texts.joined(separator: ", ")
            + (ranges.count > 8 ? ", …" : "")
    }
}
