import Files
import Tensors

/// An open feature store and its parts, read through the HDF5 library in this process. Belongs to one thread.
final class StoreContent {
    let path: String
    let opened: OpenedStore
    /// The store itself.
    private let store: HDF5Group
    /// The part that holds a video, where it is not in the store or newer than there.
    private let parts: [String: String]

    /// - Throws: ``HDF5Failure``.
    init(_ path: String) throws {
        self.path = path
        let root = try HDF5File(path, .reading).root()
        let origin = try StoreLayout.readOrigin(from: root)
        let store = try root.group(StoreLayout.videos)
        var complete: [String] = []
        var incomplete: [String] = []
        var parts: [String: String] = [:]
        // The parts lie beside the file itself where the path is a link.
        var file = path
        if case .file(let target)? = try? OutputTarget(path) { file = target }
        for part in StoreLayout.parts(of: file) {
            guard let content = try? Self.content(ofPart: part), content.origin == origin else { continue }
            parts[content.video] = part
            complete.append(content.video)
        }
        for name in try store.names() {
            let video = VideoName.decode(name)
            guard parts[video] == nil else { continue }
            let isComplete = try? store.group(name).integer(StoreLayout.Video.complete) == 1
            if isComplete == true { complete.append(video) } else { incomplete.append(video) }
        }
        self.store = store
        self.parts = parts
        opened = OpenedStore(
            origin: origin, shard: try StoreLayout.readShard(from: root), videos: complete.sorted(),
            incompleteVideos: incomplete.sorted())
    }

    /// - Throws: ``FeatureError``.
    func header(for video: String) throws -> FeatureHeader { try withGroup(of: video) { _, header in header } }

    /// - Returns: the header, and the values `[length, channels]`.
    /// - Throws: ``FeatureError``.
    func sequence(for video: String) throws -> (FeatureHeader, Tensor) {
        try withGroup(of: video) { group, header in (header, try group.dataset(StoreLayout.features).read()) }
    }

    /// Some rows of the features of a video, `[count, channels]`.
    ///
    /// - Throws: ``FeatureError``.
    func rows(_ first: Int, count: Int, of video: String) throws -> Tensor {
        try withGroup(of: video) { group, _ in
            try group.dataset(StoreLayout.features).read(rows: first, count: count)
        }
    }

    /// - Throws: ``FeatureError``.
    func precision(of video: String) throws -> FeaturePrecision? {
        try withGroup(of: video) { group, _ in try group.dataset(StoreLayout.features).precision() }
    }

    /// Checks the checksums and the values of a video.
    ///
    /// - Throws: ``FeatureError``.
    func check(_ video: String) throws -> FeatureHeader {
        try withGroup(of: video) { group, header in
            if let bad = try group.dataset(StoreLayout.features).firstNonFinite() {
                throw HDF5Failure(reason: "row \(bad.row), channel \(bad.column) is not a finite number")
            }
            return header
        }
    }

    /// Copies a video into the group of videos of another store, as it lies in the file, after its checksums and values were
    /// checked.
    ///
    /// - Throws: ``FeatureError``, or ``HDF5Failure`` where the other store cannot be written.
    func copy(_ video: String, into videos: HDF5Group) throws {
        let name = try VideoName.encode(video)
        _ = try check(video)
        try videos.copy(name, from: parts[video].map(openPart) ?? store)
        try StoreLayout.fixTexts([StoreLayout.Video.sourceSHA256], of: videos.group(name))
    }

    /// The one video of a part, which must be complete, and what made it.
    ///
    /// - Throws: ``HDF5Failure``.
    static func content(ofPart part: String) throws -> (video: String, origin: FeatureOrigin) {
        let root = try HDF5File(part, .reading).root()
        let origin = try StoreLayout.readOrigin(from: root)
        let group = try root.group(StoreLayout.videos)
        let names = try group.names()
        guard let name = names.first, names.count == 1, try StoreLayout.readHeader(from: group.group(name)) != nil
        else {
            throw HDF5Failure(reason: "it does not hold one complete video")
        }
        return (VideoName.decode(name), origin)
    }

    /// Puts the videos of parts into a copy of their store, where they replace older ones, and makes the copy one of the present
    /// version.
    ///
    /// - Throws: ``HDF5Failure``.
    static func fold(_ parts: [String], into copy: String) throws {
        let root = try HDF5File(copy, .changing).root()
        try StoreLayout.upgrade(root)
        let videos = try root.group(StoreLayout.videos)
        for part in parts {
            let source = try HDF5File(part, .reading).root().group(StoreLayout.videos)
            for name in try source.names() {
                if try videos.contains(name) {
                    // A fold that was killed before it removed its parts is done again; HDF5 would keep the old values as a gap.
                    if let old = try? videos.group(name), (try? isSame(old, source.group(name))) == true { continue }
                    try videos.remove(name)
                }
                try videos.copy(name, from: source)
                try StoreLayout.fixTexts([StoreLayout.Video.sourceSHA256], of: videos.group(name))
            }
        }
        try videos.flush()
    }

    /// Whether two groups of videos hold the same.
    private static func isSame(_ first: HDF5Group, _ second: HDF5Group) throws -> Bool {
        guard let header = try StoreLayout.readHeader(from: first), try header == StoreLayout.readHeader(from: second)
        else { return false }
        let (one, other) = (try first.dataset(StoreLayout.features), try second.dataset(StoreLayout.features))
        guard try one.precision() == other.precision() else { return false }
        return try one.read().elements.map(\.bitPattern) == other.read().elements.map(\.bitPattern)
    }

    private func withGroup<Result>(
        of video: String, _ body: (HDF5Group, FeatureHeader) throws -> Result
    ) throws -> Result {
        let name = try VideoName.encode(video)
        do {
            let parent = try parts[video].map(openPart) ?? store
            guard try parent.contains(name) else { throw FeatureError.unknownVideo(path: path, video: video) }
            let group = try parent.group(name)
            guard let header = try StoreLayout.readHeader(from: group) else {
                throw FeatureError.damaged(path: path, video: video, reason: "their extraction did not end")
            }
            return try body(group, header)
        } catch let failure as HDF5Failure {
            throw FeatureError.damaged(path: path, video: video, reason: failure.reason)
        }
    }

    private func openPart(_ part: String) throws -> HDF5Group {
        guard DurableFile.isRegular(part) else {
            throw FileError.unreadable(path: path, reason: "an extraction changed it meanwhile; open it again")
        }
        return try HDF5File(part, .reading).root().group(StoreLayout.videos)
    }
}
