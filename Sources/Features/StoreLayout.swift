import Files
import Foundation

/// Names of everything in a feature file and beside it.
enum StoreLayout {
    /// Version 1 kept its texts with variable length, in a heap without checksums.
    static let formatVersion = 2
    static let videos = "videos"
    static let features = "features"

    enum Root {
        static let formatVersion = "format_version"
        static let encoder = "encoder"
        static let encoderConfiguration = "encoder_config"
        static let weights = "weights_sha256"
        /// Not in stores made before it was recorded.
        static let encoderPrecision = "encoder_precision"
        /// Only in stores that are for a part of a list.
        static let shardIndex = "shard_index"
        static let shardCount = "shard_count"
        static let shardVideos = "shard_videos"
        static let listSHA256 = "list_sha256"
        static let listCount = "list_videos"
    }

    enum Video {
        static let frameRateNumerator = "fps_numerator"
        static let frameRateDenominator = "fps_denominator"
        static let strideFrames = "stride_frames"
        static let windowFrames = "window_frames"
        static let durationSeconds = "duration_seconds"
        static let frameCount = "frame_count"
        static let sourceSHA256 = "source_sha256"
        static let complete = "complete"
    }

    /// The folder of finished videos that are not in the store yet.
    static func partsFolder(of store: String) -> String { store + ".parts" }

    static let partSuffix = ".part.h5"
    /// Ends the names of files that are being written. One that no process writes to is rubbish.
    static let temporarySuffix = ".tmp"
    /// Begins the names of copies of the store that are being written.
    static let copyName = "store"

    /// The finished parts beside a store, sorted. Links are none of ours.
    static func parts(of store: String) -> [String] {
        let folder = partsFolder(of: store)
        guard isOwnFolder(folder) else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(partSuffix) }.sorted().map { folder + "/" + $0 }
            .filter(DurableFile.isRegular)
    }

    /// The name of the part of a video. The id may be anything, so the file is named by its checksum.
    ///
    /// - Throws: ``FeatureError/invalidName(video:reason:)``.
    static func partName(of video: String) throws -> String {
        try String(FileDigest.sha256(of: VideoName.encode(video)).prefix(32)) + partSuffix
    }

    /// Whether a folder of parts is a folder, and no link to one that may be of others.
    static func isOwnFolder(_ folder: String) -> Bool {
        var information = stat()
        return lstat(folder, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// A name for a file that is being written. It is random so that nobody can know it in advance; nothing else depends on
    /// it.
    static func temporaryName(for file: String) -> String {
        file + String(format: ".%016llx", UInt64.random(in: .min ... .max)) + temporarySuffix
    }

    /// Whether a name in a folder of parts is that of a file that was being written.
    static func isTemporary(_ name: String) -> Bool {
        name.hasSuffix(temporarySuffix) && (name.contains(partSuffix + ".") || name.hasPrefix(copyName + "."))
    }

    /// Whether a file is meant to be a store.
    ///
    /// - Throws: ``HDF5Failure``.
    static func isStore(_ root: HDF5Group) throws -> Bool {
        try root.hasAttribute(Root.formatVersion) || root.contains(videos)
    }

    /// Reads the root attributes.
    ///
    /// - Throws: ``HDF5Failure``.
    static func readOrigin(from root: HDF5Group) throws -> FeatureOrigin {
        guard try root.hasAttribute(Root.formatVersion), try root.contains(videos) else {
            throw HDF5Failure(
                reason: "it is not a feature store; one has the group 'videos' and '\(Root.formatVersion)'")
        }
        let version = try root.integer(Root.formatVersion)
        guard (1...formatVersion).contains(version) else {
            throw HDF5Failure(
                reason: "its format version is \(version); this program reads versions 1 to \(formatVersion)")
        }
        return FeatureOrigin(
            encoder: try root.string(Root.encoder), encoderConfiguration: try root.string(Root.encoderConfiguration),
            weightsSHA256: try root.string(Root.weights),
            encoderPrecision: try root.hasAttribute(Root.encoderPrecision) ? root.string(Root.encoderPrecision) : nil)
    }

    /// Writes the root attributes and the group of videos into a new file.
    ///
    /// - Returns: the group of videos.
    /// - Throws: ``HDF5Failure``.
    static func writeSkeleton(
        _ origin: FeatureOrigin, shard: StoreShard? = nil, into root: HDF5Group
    ) throws -> HDF5Group {
        try root.setInteger(Root.formatVersion, formatVersion)
        try root.setString(Root.encoder, origin.encoder)
        try root.setString(Root.encoderConfiguration, origin.encoderConfiguration)
        try root.setString(Root.weights, origin.weightsSHA256)
        if let precision = origin.encoderPrecision { try root.setString(Root.encoderPrecision, precision) }
        if let shard { try writeShard(shard, into: root) }
        return try root.makeGroup(videos)
    }

    /// Reads which part of a list the store is for.
    ///
    /// - Returns: `nil` where it is for no part.
    /// - Throws: ``HDF5Failure``.
    static func readShard(from root: HDF5Group) throws -> StoreShard? {
        guard try root.hasAttribute(Root.shardIndex) else { return nil }
        let text = try root.string(Root.shardVideos)
        guard let videos = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
            throw HDF5Failure(reason: "'\(Root.shardVideos)' is no list of videos")
        }
        let shard = StoreShard(
            index: try root.integer(Root.shardIndex), count: try root.integer(Root.shardCount),
            listSHA256: try root.string(Root.listSHA256), listCount: try root.integer(Root.listCount), videos: videos)
        guard shard.count > 0, (0..<shard.count).contains(shard.index) else {
            throw HDF5Failure(reason: "it says that it is shard \(shard.index) of \(shard.count)")
        }
        return shard
    }

    private static func writeShard(_ shard: StoreShard, into root: HDF5Group) throws {
        let videos = "[" + shard.videos.map(JSONText.quoted).joined(separator: ",") + "]"
        guard videos.utf8.count < HDF5Group.longestText else {
            throw HDF5Failure(
                reason:
                    "the ids of the \(shard.videos.count) videos of one shard take \(videos.utf8.count) bytes, and at most "
                    + "\(HDF5Group.longestText) fit; divide the list into more shards")
        }
        try root.setInteger(Root.shardIndex, shard.index)
        try root.setInteger(Root.shardCount, shard.count)
        try root.setString(Root.listSHA256, shard.listSHA256)
        try root.setInteger(Root.listCount, shard.listCount)
        try root.setString(Root.shardVideos, videos)
    }

    /// Makes a store of version 1 one of this version: its texts get a fixed length.
    ///
    /// - Throws: ``HDF5Failure``.
    static func upgrade(_ root: HDF5Group) throws {
        guard try root.integer(Root.formatVersion) < formatVersion else { return }
        try fixTexts([Root.encoder, Root.encoderConfiguration, Root.weights, Root.encoderPrecision], of: root)
        let store = try root.group(videos)
        for name in try store.names() { try fixTexts([Video.sourceSHA256], of: store.group(name)) }
        try root.removeAttribute(Root.formatVersion)
        try root.setInteger(Root.formatVersion, formatVersion)
    }

    /// Gives the texts among some attributes a fixed length.
    ///
    /// - Throws: ``HDF5Failure``.
    static func fixTexts(_ names: [String], of group: HDF5Group) throws {
        for name in names {
            guard try group.hasAttribute(name), try group.isVariableText(name) else { continue }
            let text = try group.string(name)
            try group.removeAttribute(name)
            try group.setString(name, text)
        }
    }

    /// Reads the attributes of a video and the shape of its features.
    ///
    /// - Returns: `nil` where the video is not complete.
    /// - Throws: ``HDF5Failure``.
    static func readHeader(from group: HDF5Group) throws -> FeatureHeader? {
        guard try group.hasAttribute(Video.complete), try group.integer(Video.complete) == 1 else { return nil }
        let (rows, columns) = try group.dataset(features).shape()
        guard rows > 0, columns > 0 else { throw HDF5Failure(reason: "it has no feature") }
        let numerator = try group.integer(Video.frameRateNumerator)
        let denominator = try group.integer(Video.frameRateDenominator)
        let stride = try group.double(Video.strideFrames)
        let window = try group.double(Video.windowFrames)
        guard numerator > 0, denominator > 0, stride > 0, window > 0, stride.isFinite, window.isFinite else {
            throw HDF5Failure(reason: "its grid is \(numerator)/\(denominator) fps, stride \(stride), window \(window)")
        }
        let grid = SnippetGrid(
            frameRateNumerator: numerator, frameRateDenominator: denominator, strideFrames: stride, windowFrames: window
        )
        var header = FeatureHeader(length: rows, channels: columns, grid: grid)
        if try group.hasAttribute(Video.durationSeconds) {
            let duration = try group.double(Video.durationSeconds)
            guard duration > 0, duration.isFinite else { throw HDF5Failure(reason: "its duration is \(duration) s") }
            header.durationSeconds = duration
        }
        if try group.hasAttribute(Video.frameCount) { header.frameCount = try group.integer(Video.frameCount) }
        if try group.hasAttribute(Video.sourceSHA256) { header.sourceSHA256 = try group.string(Video.sourceSHA256) }
        return header
    }
}
