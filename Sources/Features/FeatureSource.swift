public import Files
import Foundation
public import Tensors

/// Features of many videos, wherever they are kept.
public protocol FeatureSource: Sendable {
    /// The file or folder.
    var path: String { get }
    /// The videos with usable features, sorted.
    var videos: [String] { get }
    /// What made the features, where the source says so.
    var origin: FeatureOrigin? { get }
    /// What it is, for people, such as `feature store (HDF5)`.
    var kind: String { get }
    /// What the user should hear of it, such as videos that were left out.
    var notices: [Notice] { get }

    /// What is known of a video without reading its features.
    ///
    /// - Throws: ``FeatureError``.
    func header(for video: String) throws -> FeatureHeader

    /// The features of a video.
    ///
    /// - Throws: ``FeatureError``, also where a value is not a finite number.
    func sequence(for video: String) throws -> FeatureSequence

    /// Whether ``part(_:of:)`` reads no more of a video than it gives.
    var readsParts: Bool { get }

    /// Some feature vectors of a video, `[range, channels]`.
    ///
    /// - Parameters:
    ///   - range: within the length of the video.
    ///   - video: an id in this source.
    /// - Throws: as ``sequence(for:)``.
    func part(_ range: Range<Int>, of video: String) throws -> Tensor
}

extension FeatureSource {
    /// A source that says nothing of its kind.
    public var kind: String { "features" }

    /// A source that only reads whole videos.
    public var readsParts: Bool { false }

    /// A part of the whole video.
    public func part(_ range: Range<Int>, of video: String) throws -> Tensor { try partOfAll(range, of: video) }

    /// A part of the whole video, all of which is read.
    func partOfAll(_ range: Range<Int>, of video: String) throws -> Tensor {
        let features = try sequence(for: video).features
        guard range.lowerBound >= 0, range.upperBound <= features.shape[0] else {
            throw FeatureError.damaged(
                path: path, video: video, reason: "there are fewer of them than when the file was opened")
        }
        return features.slice(axis: 0, range)
    }
}

/// What made features: the encoder, its settings, its weights.
public struct FeatureOrigin: Hashable, Codable, Sendable {
    /// The encoder's name, such as `svilm` or `motion`.
    public var encoder: String
    /// Its settings as JSON.
    public var encoderConfiguration: String
    /// SHA-256 of its weights in hexadecimal; empty for an encoder without weights.
    public var weightsSHA256: String
    /// The arithmetic of the encoder, such as `float32` or `bfloat16`, which is not how values are stored; nil where it is
    /// not known.
    public var encoderPrecision: String?

    public init(
        encoder: String, encoderConfiguration: String, weightsSHA256: String, encoderPrecision: String? = nil
    ) {
        self.encoder = encoder
        self.encoderConfiguration = encoderConfiguration
        self.weightsSHA256 = weightsSHA256
        self.encoderPrecision = encoderPrecision
    }

    /// In what it differs from another, in words that say both; nil where features of both may lie in one store. A precision
    /// that one does not know is no difference.
    package func difference(from other: FeatureOrigin) -> String? {
        if encoder != other.encoder { return "the encoder '\(encoder)' and not '\(other.encoder)'" }
        if encoderConfiguration != other.encoderConfiguration {
            return "other settings: \(encoderConfiguration) and not \(other.encoderConfiguration)"
        }
        if weightsSHA256 != other.weightsSHA256 {
            return "other weights (SHA-256 \(weightsSHA256.prefix(12))… and not \(other.weightsSHA256.prefix(12))…)"
        }
        if let old = encoderPrecision, let new = other.encoderPrecision, old != new {
            return "the encoder computing in \(old) and not in \(new)"
        }
        return nil
    }
}

/// What is known of the features of one video without reading them.
public struct FeatureHeader: Hashable, Codable, Sendable {
    /// Number of feature vectors.
    public var length: Int
    /// Values in each.
    public var channels: Int
    public var grid: SnippetGrid
    /// Length of the video in seconds, where known.
    public var durationSeconds: Double?
    /// Frames of the video, where known.
    public var frameCount: Int?
    /// SHA-256 of the video file in hexadecimal, where known.
    public var sourceSHA256: String?

    public init(
        length: Int, channels: Int, grid: SnippetGrid, durationSeconds: Double? = nil, frameCount: Int? = nil,
        sourceSHA256: String? = nil
    ) {
        self.length = length
        self.channels = channels
        self.grid = grid
        self.durationSeconds = durationSeconds
        self.frameCount = frameCount
        self.sourceSHA256 = sourceSHA256
    }
}

extension FeatureSource {
    public var notices: [Notice] { [] }

    /// The features of a video, with the origin and path of the source, and with the duration from `durations` (seconds by
    /// video) where they do not know their own.
    ///
    /// - Throws: as ``sequence(for:)``.
    package func sequence(for video: String, durations: [String: Double]) throws -> FeatureSequence {
        var sequence = try sequence(for: video)
        sequence.durationSeconds = sequence.durationSeconds ?? durations[video]
        sequence.origin = origin
        sequence.path = path
        return sequence
    }
}

/// Opens features of any kind.
public enum FeatureSources {
    /// Opens a feature store (`.h5`), an HDF5 file of others with an array for each video, or a folder with a file of an array for
    /// each video; the last two with a `grid.json` (``ArrayFeatures``).
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - facts: what annotations say of the videos, which a grid may need.
    ///   - grid: the text of a `grid.json`, for arrays that have none beside them.
    /// - Throws: ``FeatureError``.
    public static func open(
        _ path: String, facts: [String: VideoFacts] = [:], grid: String? = nil
    ) throws -> any FeatureSource {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError.missing(path: path)
        }
        if isFolder.boolValue { return try ArrayFeatures(folder: path, facts: facts, grid: grid) }
        return try openFile(path, facts: facts, grid: grid)
    }

    private static func openFile(
        _ path: String, facts: [String: VideoFacts], grid: String?
    ) throws -> any FeatureSource {
        if let format = ArrayFormat.allCases.first(where: { $0.fits(path) }) {
            throw FeatureError.malformed(
                path: path,
                reason:
                    "it is one \(format.rawValue) file; features are opened by the folder that holds one for each video"
            )
        }
        if let kind = FileKind(of: path), kind != .featureStore {
            throw FeatureError.malformed(
                path: path, reason: "it is no HDF5 file; features are one, or a folder with a file for each video")
        }
        let reader = HDF5Reader()
        do {
            switch try reader.ask(.open(path: path)) {
            case .opened(let opened): return FeatureStore(path, reader: reader, opened: opened)
            case .arrays(let names, let kind, let leftOut):
                return try ArrayFeatures(
                    HDF5Arrays(path: path, kind: kind, names: names, leftOut: leftOut, reader: reader), facts: facts,
                    grid: grid)
            default: throw HDF5Failure(reason: "it is not a feature store")
            }
        } catch let failure as HDF5Failure {
            throw FeatureError.malformed(path: path, reason: failure.reason)
        }
    }

    /// Opens one source, or several whose channels are joined; see ``JoinedFeatures``.
    ///
    /// - Parameters:
    ///   - paths: files or folders.
    ///   - facts: what annotations say of the videos. Where there are any, the videos of the source are called as there; see
    ///     ``NamedFeatures``.
    ///   - grid: the text of a `grid.json`, for arrays that have none beside them.
    /// - Throws: ``FeatureError``.
    public static func open(
        _ paths: [String], facts: [String: VideoFacts] = [:], grid: String? = nil
    ) throws -> any FeatureSource {
        let sources = try paths.map { path in
            let source = try open(path, facts: facts, grid: grid)
            return facts.isEmpty ? source : NamedFeatures.named(source, as: facts.keys)
        }
        if let source = sources.first, sources.count == 1 { return source }
        return try JoinedFeatures(sources)
    }

    /// The version of the HDF5 library in use.
    public static var hdf5Version: String { HDF5.version }
}

extension FeatureSequence {
    /// - Throws: ``FeatureError/damaged(path:video:reason:)`` where a value is not a finite number.
    func checkingValues(path: String) throws -> FeatureSequence {
        try features.requireFinite(path: path, video: video)
        return self
    }
}

extension Tensor {
    /// Checks feature vectors, `[rows, channels]`.
    ///
    /// - Parameter first: the row of the video that they begin with.
    /// - Throws: ``FeatureError/damaged(path:video:reason:)`` where a value is not a finite number.
    func requireFinite(path: String, video: String, first: Int = 0) throws {
        let bad = withElements { elements in elements.firstIndex { !$0.isFinite } }
        if let bad {
            throw FeatureError.damaged(
                path: path, video: video,
                reason: "row \(first + bad / shape[1]), channel \(bad % shape[1]) is not a finite number")
        }
    }
}
