public import Features
import Files
import Foundation
import Networks
public import Tensors

/// Writes curves of scores into a file, video by video, so that memory does not grow with their number; see
/// ``ScoreCurveFile``. What is written outlasts a kill, as in a feature store. Belongs to one thread.
public final class ScoreCurveWriter {
    private let store: FeatureStoreWriter
    private let classes: Int

    /// Opens a file; makes it where there is none. Curves of the same model are kept, and replaced video by video.
    ///
    /// - Parameters:
    ///   - path: usually ends in `.curves.h5`.
    ///   - content: what the curves are.
    ///   - weightsSHA256: of what made them.
    ///   - precision: the arithmetic of what made them.
    /// - Throws: `FeatureError`, also where the file has something else, or `FileError`.
    public init(
        _ path: String, content: ScoreCurveContent, weightsSHA256: String, precision: ComputePrecision
    ) throws {
        classes = content.classes.count
        store = try FeatureStoreWriter(
            path, origin: content.origin(weightsSHA256: weightsSHA256, precision: precision.rawValue))
    }

    /// The file of a head.
    ///
    /// - Throws: as ``init(_:content:weightsSHA256:precision:)``.
    public convenience init(_ path: String, of detector: Detector) throws {
        let model = detector.model
        try self.init(
            path, content: ScoreCurveContent(kind: .scores, classes: model.labels, model: model.settings.head.rawValue),
            weightsSHA256: Weights.hash(of: model.head), precision: detector.precision)
    }

    /// Checks, before any work, that curves can be written into a file; makes nothing.
    ///
    /// - Throws: `FileError` or ``LocalizationError/scoreCurves(file:problem:)`` where the file has something else.
    public static func check(_ path: String) throws {
        try AtomicFile.check(path)
        guard case .file(let file) = try OutputTarget(path) else {
            throw FileError.unwritable(path: path, reason: "HDF5 is not written front to back, so it must be a file")
        }
        if FileManager.default.fileExists(atPath: file) { _ = try ScoreCurveFile(path: path) }
    }

    /// Whether a video has curves.
    public func contains(_ video: String) -> Bool { store.complete.contains(video) }

    /// Adds the curves of a video, or replaces them.
    ///
    /// - Parameter curves: `[time, classes]`, at least one row.
    /// - Throws: `FeatureError` or `FileError`.
    public func write(_ curves: FeatureSequence) throws {
        precondition(curves.channels == classes, "\(curves.channels) curves for \(classes) classes")
        var curves = curves
        // Positions at the edges of snippets have windows of no length, which a store does not hold.
        curves.grid.windowFrames = max(curves.grid.windowFrames, 1e-6)
        try store.write(curves)
    }

    /// Puts all into one file. To be called once, at the end.
    ///
    /// - Throws: `FeatureError` or `FileError`.
    public func close() throws { try store.close() }
}
