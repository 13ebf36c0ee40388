import Foundation
import Synchronization
import Tensors

/// Features in an HDF5 file, read.
///
/// The file holds a group `/videos/<id>` for each video, with the data set `features` `[time, channels]` and its grid as
/// attributes. Attributes of the root say what made them all: `encoder`, `encoder_config` (JSON), `weights_sha256`, and
/// `encoder_precision`, the arithmetic of the encoder (`float32` or `bfloat16`; older stores do not say). How values are
/// stored is another matter: it is the type of each data set. Videos that an extraction finished but has not folded into the file yet (see ``FeatureStoreWriter``) are
/// read from its parts, so a killed extraction loses nothing.
///
/// Reading while an extraction writes is safe: what is read is what was there when the store was opened.
public final class FeatureStore: FeatureSource {
    public let path: String
    public let videos: [String]
    public let origin: FeatureOrigin?
    /// Videos whose extraction did not end; they have no usable features.
    public let incompleteVideos: [String]

    private let state: Mutex<State>

    private struct State: @unchecked Sendable {
        /// The store itself.
        var store: HDF5Group
        /// The part that holds a video, where it is not in the store or newer than there.
        var parts: [String: String]
    }

    /// - Throws: ``FeatureError``.
    public init(_ path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else { throw FeatureError.notFound(path: path) }
        do {
            let root = try HDF5File(path, .reading).root()
            let origin = try StoreLayout.readOrigin(from: root)
            self.origin = origin
            let store = try root.group(StoreLayout.videos)
            var complete: [String] = []
            var incomplete: [String] = []
            var parts: [String: String] = [:]
            for part in StoreLayout.parts(of: path) {
                guard let content = try? Self.content(ofPart: part), content.origin == origin else { continue }
                let video = content.video
                parts[video] = part
                complete.append(video)
            }
            for name in try store.names() {
                let video = VideoName.decode(name)
                guard parts[video] == nil else { continue }
                let isComplete = try? store.group(name).integer(StoreLayout.Video.complete) == 1
                if isComplete == true { complete.append(video) } else { incomplete.append(video) }
            }
            videos = complete.sorted()
            incompleteVideos = incomplete.sorted()
            state = Mutex(State(store: store, parts: parts))
        } catch let failure as HDF5Failure {
            throw FeatureError.malformed(path: path, reason: failure.reason)
        }
    }

    public func header(for video: String) throws -> FeatureHeader {
        try withGroup(of: video) { _, header in header }
    }

    public func sequence(for video: String) throws -> FeatureSequence {
        try withGroup(of: video) { group, header in
            let features = try group.dataset(StoreLayout.features).read()
            return try FeatureSequence(
                video: video, features: features, grid: header.grid, durationSeconds: header.durationSeconds
            ).checkingValues(path: path)
        }
    }

    /// The precision in which the features of a video are stored; `nil` where it is neither of ours.
    ///
    /// - Throws: ``FeatureError``.
    public func precision(of video: String) throws -> FeaturePrecision? {
        try withGroup(of: video) { group, _ in try group.dataset(StoreLayout.features).precision() }
    }

    /// The one video of a part, which must be complete, and what made it.
    ///
    /// - Throws: ``HDF5Failure``.
    static func content(ofPart part: String) throws -> (video: String, origin: FeatureOrigin) {
        let root = try HDF5File(part, .reading).root()
        let group = try root.group(StoreLayout.videos)
        let names = try group.names()
        guard let name = names.first, names.count == 1, try StoreLayout.readHeader(from: group.group(name)) != nil
        else {
            throw HDF5Failure(reason: "it does not hold one complete video")
        }
        return (VideoName.decode(name), try StoreLayout.readOrigin(from: root))
    }

    private func withGroup<Result: Sendable>(
        of video: String, _ body: (HDF5Group, FeatureHeader) throws -> Result
    ) throws -> Result {
        let name = try VideoName.encode(video)
        return try state.withLock { state in
            do {
                let parent: HDF5Group
                if let part = state.parts[video] {
                    parent = try openPart(part)
                } else {
                    parent = state.store
                }
                guard try parent.contains(name) else {
                    throw FeatureError.unknownVideo(path: path, video: video)
                }
                let group = try parent.group(name)
                guard let header = try StoreLayout.readHeader(from: group) else {
                    throw FeatureError.damaged(path: path, video: video, reason: "their extraction did not end")
                }
                return try body(group, header)
            } catch let failure as HDF5Failure {
                throw FeatureError.damaged(path: path, video: video, reason: failure.reason)
            }
        }
    }

    private func openPart(_ part: String) throws -> HDF5Group {
        guard FileManager.default.fileExists(atPath: part) else {
            throw FeatureError.unreadable(path: path, reason: "an extraction changed it meanwhile; open it again")
        }
        return try HDF5File(part, .reading).root().group(StoreLayout.videos)
    }
}
