import Files
import Foundation
public import Tensors

/// Writes the features of one video, as they are computed, into a part of a store; see ``FeatureStoreWriter/begin(_:channels:grid:)``.
///
/// A writer that goes before ``finish(durationSeconds:frameCount:sourceSHA256:)`` leaves nothing behind.
public final class VideoFeatureWriter {
    private let part: String
    private let temporary: String
    private let channels: Int
    private let precision: FeaturePrecision
    private let onFinish: (_ sourceSHA256: String?) throws -> Void
    private var open: (group: HDF5Group, dataset: HDF5Dataset)?
    /// How many feature vectors have been written.
    public private(set) var length = 0

    init(
        name: String, part: String, origin: FeatureOrigin, channels: Int, grid: SnippetGrid,
        precision: FeaturePrecision, onFinish: @escaping (_ sourceSHA256: String?) throws -> Void
    ) throws {
        precondition(channels > 0, "features need at least one channel")
        self.part = part
        self.channels = channels
        self.precision = precision
        self.onFinish = onFinish
        temporary = StoreLayout.temporaryName(for: part)
        do {
            let videos = try StoreLayout.writeSkeleton(origin, into: HDF5File(temporary, .creating).root())
            let group = try videos.makeGroup(name)
            try group.setInteger(StoreLayout.Video.frameRateNumerator, grid.frameRateNumerator)
            try group.setInteger(StoreLayout.Video.frameRateDenominator, grid.frameRateDenominator)
            try group.setDouble(StoreLayout.Video.strideFrames, grid.strideFrames)
            try group.setDouble(StoreLayout.Video.windowFrames, grid.windowFrames)
            let dataset = try group.makeDataset(StoreLayout.features, columns: channels, precision: precision)
            open = (group, dataset)
        } catch let failure as HDF5Failure {
            throw FileError.unwritable(path: part, reason: failure.reason)
        }
    }

    deinit {
        guard open != nil else { return }
        open = nil
        unlink(temporary)
    }

    /// Adds feature vectors.
    ///
    /// - Parameter rows: `[time, channels]`
    /// - Throws: `FileError`.
    public func append(_ rows: Tensor) throws {
        precondition(
            rows.rank == 2 && rows.shape[1] == channels, "features of shape \(rows.shape) for \(channels) channels")
        guard let open else { preconditionFailure("the features of this video are finished") }
        do {
            try open.dataset.append(rows, at: length, precision: precision)
        } catch let failure as HDF5Failure {
            throw FileError.unwritable(path: part, reason: failure.reason)
        }
        length += rows.shape[0]
    }

    /// Makes the video part of the store. When this returns, its features outlast a crash.
    ///
    /// - Parameters:
    ///   - durationSeconds: length of the video.
    ///   - frameCount: frames of the video.
    ///   - sourceSHA256: the checksum of the video file.
    /// - Throws: ``FeatureError``; without a single feature vector too.
    public func finish(durationSeconds: Double?, frameCount: Int? = nil, sourceSHA256: String? = nil) throws {
        guard length > 0 else { throw FileError.unwritable(path: part, reason: "there is no feature to write") }
        do {
            try seal(durationSeconds: durationSeconds, frameCount: frameCount, sourceSHA256: sourceSHA256)
        } catch let failure as HDF5Failure {
            throw FileError.unwritable(path: part, reason: failure.reason)
        }
        // The last handle closes the file, so that what follows works on a whole one.
        open = nil
        do {
            try DurableFile.replace(part, with: temporary)
        } catch {
            unlink(temporary)
            throw error
        }
        try onFinish(sourceSHA256)
    }

    private func seal(durationSeconds: Double?, frameCount: Int?, sourceSHA256: String?) throws {
        guard let group = open?.group else { preconditionFailure("the features of this video are finished already") }
        if let durationSeconds { try group.setDouble(StoreLayout.Video.durationSeconds, durationSeconds) }
        if let frameCount { try group.setInteger(StoreLayout.Video.frameCount, frameCount) }
        if let sourceSHA256 { try group.setString(StoreLayout.Video.sourceSHA256, sourceSHA256) }
        try group.setInteger(StoreLayout.Video.complete, 1)
        try group.flush()
    }
}
