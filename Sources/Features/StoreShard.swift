/// Which part of a list of videos a store is for, where several processes divide the list between them.
public struct StoreShard: Hashable, Codable, Sendable {
    /// The number of the part, from 0 to ``count`` - 1.
    public var index: Int
    /// How many parts there are.
    public var count: Int
    /// SHA-256 of the whole list as it was divided: its videos and what each was expected to cost.
    public var listSHA256: String
    /// How many videos the whole list has.
    public var listCount: Int
    /// The ids of the videos that belong to this part, in the order of their bytes.
    public var videos: [String]

    public init(index: Int, count: Int, listSHA256: String, listCount: Int, videos: [String]) {
        self.index = index
        self.count = count
        self.listSHA256 = listSHA256
        self.listCount = listCount
        self.videos = videos
    }

    /// Whether another store is for the same list, divided into as many parts.
    public func isOfSameList(as other: StoreShard) -> Bool {
        count == other.count && listSHA256 == other.listSHA256 && listCount == other.listCount
    }

    /// What it is, for people.
    public var description: String {
        "shard \(index) of \(count) of a list of \(listCount) videos (SHA-256 \(listSHA256.prefix(12))…)"
    }
}
