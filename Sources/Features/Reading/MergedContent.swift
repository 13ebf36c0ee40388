import Tensors

/// A store that is being merged from others, through the HDF5 library in this process. Belongs to one thread.
final class MergedContent {
    private let videos: HDF5Group
    private let sources: [StoreContent]

    /// - Parameters:
    ///   - target: an empty store.
    ///   - sources: the stores that videos are taken from.
    /// - Throws: ``HDF5Failure``.
    init(_ target: String, sources: [String]) throws {
        videos = try HDF5File(target, .changing).root().group(StoreLayout.videos)
        self.sources = try sources.map { try StoreContent($0) }
    }

    /// Checks the features of a video and copies them.
    ///
    /// - Throws: ``FeatureError`` where they are damaged; ``HDF5Failure``.
    func add(_ item: MergedVideo) throws {
        guard sources.indices.contains(item.source) else { throw HDF5Failure(reason: "there is no such store") }
        try sources[item.source].copy(item.video, into: videos)
    }

    /// Hands all to the operating system.
    func finish() throws { try videos.flush() }
}
