/// The videos whose features a store has, and from which files they were made.
public struct CompleteVideos: Sendable {
    private var sources: [String: String?] = [:]

    /// None.
    public init() {}

    /// Their ids, sorted.
    public var videos: [String] { sources.keys.sorted() }

    /// Whether the features of a video are there.
    ///
    /// - Parameters:
    ///   - video: its id.
    ///   - sourceSHA256: the checksum of its file now; features made from another file do not count.
    public func contains(_ video: String, sourceSHA256: String? = nil) -> Bool {
        guard let stored = sources[video] else { return false }
        guard let stored, let sourceSHA256 else { return true }
        return stored == sourceSHA256
    }

    mutating func insert(_ video: String, sourceSHA256: String?) {
        sources[video] = .some(sourceSHA256)
    }
}
