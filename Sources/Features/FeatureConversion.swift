public import Files
import Foundation
import Tensors

/// Writes features in layouts that other programs read, with a `grid.json` beside them that says where in time they lie.
public enum FeatureConversion {
    /// A layout that is written.
    public enum Layout: String, CaseIterable, Sendable {
        /// A folder with `VIDEO.npy` of `[time, channels]` float32, as OpenTAD and most others read it.
        case npy
        /// A folder with `VIDEO.npz`, the array called `feats`, as ActionFormer reads it.
        case npz
        /// One HDF5 file with a data set for each video.
        case hdf5
    }

    /// What was written.
    public struct Report: Sendable {
        public var videos = 0
        /// Feature vectors of all videos.
        public var vectors = 0
        public var notices: [Notice] = []
    }

    /// Writes all features of a source.
    ///
    /// - Parameters:
    ///   - source: the features.
    ///   - layout: how they are laid out in files.
    ///   - path: a new or empty folder, or a file for `hdf5`.
    /// - Throws: ``FeatureError``, also for ids that cannot be names of files, or `FileError`. What was written until then has no
    ///   grid and is not taken for whole.
    public static func write(
        _ source: any FeatureSource, as layout: Layout, to path: String
    ) throws -> Report {
        let names = try Self.names(of: source.videos, isOneFile: layout == .hdf5)
        var report = Report()
        let renamed = names.filter { $0.video != $0.name }.map { "\($0.video) is \($0.name)" }
        if !renamed.isEmpty {
            report.notices.append(
                Notice(
                    "features-renamed", "ids cannot be names of files and were changed",
                    one: "id cannot be the name of a file and was changed", items: renamed))
        }
        let output = try output(layout, path)
        defer { output.release() }
        var grids: [(name: String, text: String)] = []
        do {
            for (video, name) in names {
                let sequence = try source.sequence(for: video)
                try output.write(sequence.features, name)
                grids.append((name, Self.text(of: sequence)))
                report.videos += 1
                report.vectors += sequence.features.shape[0]
            }
            try output.finish()
        } catch let failure as HDF5Failure {
            throw FileError.unwritable(path: path, reason: failure.reason)
        }
        try AtomicFile.write(Self.gridFile(grids), to: output.gridPath)
        return report
    }

    // MARK: - Names

    /// A name inside a folder for each id.
    ///
    /// - Parameters:
    ///   - videos: the ids.
    ///   - keepsFolders: whether slashes in an id stay, so that its parts are folders.
    ///   - isOneFile: whether the names are those of data sets in one file, which are told apart by case.
    /// - Throws: ``FeatureError/invalidName(video:reason:)`` for an id that cannot be a name, or whose name another id has.
    package static func names(
        of videos: [String], keepsFolders: Bool = false, isOneFile: Bool = false
    ) throws -> [(video: String, name: String)] {
        var taken: [String: String] = [:]
        return try videos.map { video in
            let parts = keepsFolders ? video.split(separator: "/", omittingEmptySubsequences: false) : [video[...]]
            let names = try parts.map { part in
                // A hidden file would not be found when the folder is read.
                guard !part.hasPrefix("."), let name = VideoFileName(String(part)) else {
                    throw FeatureError.invalidName(
                        video: String(video.prefix(40)), reason: "it cannot be the name of a file in a folder")
                }
                return name
            }
            let name = names.map(\.text).joined(separator: "/")
            let key = isOneFile ? name.precomposedStringWithCanonicalMapping : names.map(\.key).joined(separator: "/")
            if let other = taken.updateValue(video, forKey: key) {
                throw FeatureError.invalidName(
                    video: video, reason: "it would have the same file as '\(other)', \(name)")
            }
            return (video, name)
        }
    }

    // MARK: - Grids

    private static func text(of sequence: FeatureSequence) -> String {
        let grid = sequence.grid
        return
            "{\"fps\": \(grid.framesPerSecond), \"stride_frames\": \(grid.strideFrames), \"window_frames\": \(grid.windowFrames)"
            + (sequence.durationSeconds.map { ", \"duration_seconds\": \($0)" } ?? "") + "}"
    }

    /// One entry for all videos where they have the same grid, else one each.
    private static func gridFile(_ grids: [(name: String, text: String)]) -> String {
        let isCommon = Set(grids.map(\.text)).count == 1
        let entries = (isCommon ? [("*", grids[0].text)] : grids).map { "\(JSONText.quoted($0.0)): \($0.1)" }
        let lines = ["\"layout\": \"time-first\""] + entries
        return "{\n" + lines.map { "  \($0)" }.joined(separator: ",\n") + "\n}\n"
    }

    // MARK: - Outputs

    private struct Output {
        var gridPath: String
        var write: (Tensor, String) throws -> Void
        /// Gives what was written its name.
        var finish: () throws -> Void = {}
        /// Called last, also after a failure.
        var release: () -> Void = {}
    }

    private static func output(_ layout: Layout, _ path: String) throws -> Output {
        if layout == .hdf5 { return try hdf5(path) }
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        try DurableFile.makeFolders(folder)
        guard (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty == true else {
            throw FileError.unwritable(
                path: path, reason: "the folder holds files already, which would be read together; name a new one")
        }
        return Output(gridPath: "\(folder)/\(FeatureGridFile.name)") { array, name in
            let file = "\(folder)/\(name).\(layout.rawValue)"
            switch layout {
            case .npz: try AtomicFile.write(NpzFile.data([("feats", array)], path: file), to: file)
            default: try NpyFile.write(array, to: file)
            }
        }
    }

    /// The file is made under a temporary name and takes its own when it is whole. As a store, it is written by one process at a time.
    private static func hdf5(_ path: String) throws -> Output {
        let place = try StorePlace(path)
        let temporary = place.temporaryName()
        var root: HDF5Group?
        do {
            guard StoreLayout.parts(of: place.store).isEmpty else {
                throw FileError.unwritable(
                    path: path,
                    reason:
                        "the folder \(place.folder) holds videos of an extraction that are not in the file yet; name "
                        + "another file, or end the extraction first")
            }
            root = try HDF5File(temporary, .creating).root()
        } catch {
            place.removeEmptyFolder()
            guard let failure = error as? HDF5Failure else { throw error }
            throw FileError.unwritable(path: path, reason: failure.reason)
        }
        let stem = (place.store as NSString).deletingPathExtension
        return Output(gridPath: "\(stem).\(FeatureGridFile.name)") { array, name in
            let dataset = try root?.makeDataset(name, columns: array.shape[1], precision: .float32, isUnicode: true)
            try dataset?.append(array, at: 0, precision: .float32)
        } finish: {
            try root?.flush()
            // The last handle closes the file.
            root = nil
            try DurableFile.replace(place.store, with: temporary)
        } release: {
            root = nil
            unlink(temporary)
            place.removeEmptyFolder()
        }
    }
}
