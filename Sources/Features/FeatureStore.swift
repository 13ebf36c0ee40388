import Files
import Foundation
public import Tensors

/// Features in an HDF5 file, read.
///
/// The file holds a group `/videos/<id>` for each video, with the data set `features` `[time, channels]` and its grid as
/// attributes. Attributes of the root say what made them all: `encoder`, `encoder_config` (JSON), `weights_sha256`, and
/// `encoder_precision`, the arithmetic of the encoder (`float32` or `bfloat16`; older stores do not say). How values are
/// stored is another matter: it is the type of each data set. A store for a part of a list says so (``StoreShard``). Texts have a fixed length and lie in checksummed headers.
/// `/videos` and all in it are hard links, and all values lie in the file itself. Videos that an extraction finished but has
/// not folded into the file yet (see ``FeatureStoreWriter``) are read from its parts, so a killed extraction loses nothing.
///
/// Reading while an extraction writes is safe: what is read is what was there when the store was opened. A damaged or
/// hostile file gives an error: the HDF5 library runs in a process of its own (`HDF5Reader`).
public final class FeatureStore: FeatureSource {
    public let path: String
    public let videos: [String]
    public let origin: FeatureOrigin?
    public let kind = "feature store (HDF5)"
    /// Which part of a list of videos the store is for, where a list was divided.
    public let shard: StoreShard?
    /// Videos whose extraction did not end; they have no usable features.
    public let incompleteVideos: [String]

    let reader: HDF5Reader
    /// The ids as they are spelt in the file. Ids that are the same text in another form of Unicode are the same video.
    private let spellings: [String: String]

    /// - Throws: ``FeatureError``.
    public convenience init(_ path: String) throws { try self.init(path, reader: HDF5Reader()) }

    convenience init(_ path: String, reader: HDF5Reader) throws {
        guard FileManager.default.fileExists(atPath: path) else { throw FileError.missing(path: path) }
        do {
            guard case .opened(let opened) = try reader.ask(.open(path: path)) else {
                throw HDF5Failure(
                    reason: "it is not a feature store; one has the group '\(StoreLayout.videos)' and "
                        + "'\(StoreLayout.Root.formatVersion)'")
            }
            self.init(path, reader: reader, opened: opened)
        } catch let failure as HDF5Failure {
            throw FeatureError.malformed(path: path, reason: failure.reason)
        }
    }

    init(_ path: String, reader: HDF5Reader, opened: OpenedStore) {
        self.path = path
        self.reader = reader
        origin = opened.origin
        shard = opened.shard
        videos = opened.videos
        incompleteVideos = opened.incompleteVideos
        spellings = Dictionary((opened.videos + opened.incompleteVideos).map { ($0, $0) }) { first, _ in first }
    }

    public func header(for video: String) throws -> FeatureHeader {
        try reading(video) {
            guard case .header(let header) = try reader.ask(.header(video: $0)) else { throw Self.nonsense }
            return header
        }
    }

    public func sequence(for video: String) throws -> FeatureSequence {
        try reading(video) {
            let (header, values) = try reader.sequence(for: $0)
            return try FeatureSequence(
                video: video, features: values, grid: header.grid, durationSeconds: header.durationSeconds,
                origin: origin, path: path
            ).checkingValues(path: path)
        }
    }

    public var readsParts: Bool { true }

    public func part(_ range: Range<Int>, of video: String) throws -> Tensor {
        try reading(video) {
            let values = try reader.rows(range, of: $0)
            try values.requireFinite(path: path, video: video, first: range.lowerBound)
            return values
        }
    }

    /// Reads the features of a video and checks them, without keeping them.
    ///
    /// - Returns: what is known of them.
    /// - Throws: ``FeatureError``, also where a value is not a finite number.
    package func check(_ video: String) throws -> FeatureHeader {
        try reading(video) {
            guard case .header(let header) = try reader.ask(.check(video: $0)) else { throw Self.nonsense }
            return header
        }
    }

    /// The precision in which the features of a video are stored; `nil` where it is neither of ours.
    ///
    /// - Throws: ``FeatureError``.
    public func precision(of video: String) throws -> FeaturePrecision? {
        try reading(video) {
            guard case .precision(let precision) = try reader.ask(.precision(video: $0)) else {
                throw Self.nonsense
            }
            return precision
        }
    }

    private static var nonsense: HDF5Failure { HDF5Failure(reason: "the process that reads it answers nonsense") }

    private func reading<Result>(_ video: String, _ body: (_ spelling: String) throws -> Result) throws -> Result {
        do {
            return try body(spellings[video] ?? video)
        } catch let failure as HDF5Failure {
            throw FeatureError.damaged(path: path, video: video, reason: failure.reason)
        }
    }
}
