public import Annotations
public import Extraction
package import Files
import Foundation
import Video

/// Segments, and the files of the videos that they lie in.
public struct SegmentVideos: Sendable {
    /// A video with its segments.
    public struct Item: Sendable {
        /// The file, and its id.
        public var video: VideoInput
        public var segments: [LabelledSegment]
    }

    /// In the order of the set.
    public private(set) var items: [Item] = []
    /// Ids of videos that have segments and no file.
    public private(set) var missing: [String] = []
    /// Inputs that led to nothing; those that remain here are failures of the jobs.
    public var failures: [VideoInputs.Failure]

    /// - Parameters:
    ///   - set: the segments; what is chosen of them is to be chosen before.
    ///   - inputs: the files. A video of the set is that of the same id, or the only one whose name without folders is its id.
    public init(_ set: AnnotationSet, in inputs: VideoInputs) {
        failures = inputs.failures
        let byID = Dictionary(inputs.videos.map { ($0.id, $0) }) { first, _ in first }
        let byName = Dictionary(grouping: inputs.videos) { ($0.id as NSString).lastPathComponent }
        for video in set.videos {
            let id = video.id.precomposedStringWithCanonicalMapping
            let named = byName[id].flatMap { $0.count == 1 ? $0[0] : nil }
            if var file = byID[id] ?? named {
                file.id = video.id
                items.append(Item(video: file, segments: video.segments))
            } else if !video.segments.isEmpty {
                missing.append(video.id)
            }
        }
    }

    /// Segments that were found, in the files that they were found in.
    ///
    /// - Parameters:
    ///   - detections: by id of a video.
    ///   - inputs: the files.
    public init(_ detections: [String: [Detection]], in inputs: VideoInputs) {
        let known = inputs.videos.map(\.id).filter { detections[$0] != nil }
        let others = Set(detections.keys).subtracting(known).sorted()
        let videos = (known + others).map { id in
            AnnotatedVideo(
                id: id,
                segments: (detections[id] ?? []).map {
                    LabelledSegment(segment: $0.segment, label: $0.label, score: $0.score)
                })
        }
        self.init(AnnotationSet(videos: videos), in: inputs)
    }

    /// What became of the videos and inputs that cannot be worked on.
    ///
    /// - Parameter failsInputs: whether inputs that led to nothing are failures too.
    package func begun() -> BatchReport {
        var batch = BatchReport()
        for id in missing { batch.fail(id, reason: "there is no video of that id") }
        for failure in failures { batch.fail(failure.input, failure.error) }
        return batch
    }
}

/// The files that are made of videos, one for each: a file for one video, a folder for several. They end in one of
/// `VideoChapter.extensions`.
package struct VideoTargets {
    package let path: String
    private let isFolder: Bool
    private let replaces: Bool
    private let usual: String
    private static let extensions = VideoChapter.extensions
    private var names = FileNames()

    /// - Parameters:
    ///   - path: a file, or a folder.
    ///   - usual: the extension of a file in a folder where that of its video is not written.
    ///   - count: how many videos there are.
    ///   - replaces: whether files that exist are replaced.
    /// - Throws: `FileError` where that cannot be.
    package init(_ path: String, usual: String, count: Int, replaces: Bool) throws(FileError) {
        self.path = path
        self.usual = usual
        self.replaces = replaces
        isFolder = try Self.isFolder(path)
        guard count <= 1 || isFolder else {
            throw .unwritable(path: path, reason: "there are \(count) videos, and this is one file; name a folder")
        }
    }

    /// Checks, before any work, that a target can be written; makes nothing.
    ///
    /// - Parameters:
    ///   - path: a file, or a folder.
    ///   - replaces: whether files that exist are replaced.
    /// - Throws: `FileError`.
    package static func check(_ path: String, replaces: Bool) throws(FileError) {
        guard try !isFolder(path) else { return try OutputFolder.check(path) }
        try AtomicFile.check(path)
        guard replaces || !FileManager.default.fileExists(atPath: path) else {
            throw .unwritable(path: path, reason: OutputFolder.isThere)
        }
    }

    private static func isFolder(_ path: String) throws(FileError) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let ending = (path as NSString).pathExtension.lowercased()
        if path.hasSuffix("/") || exists && isFolder.boolValue { return true }
        if extensions.contains(ending) { return false }
        guard ending.isEmpty, !exists, path != "-" else {
            let known = extensions.map { "." + $0 }.joined(separator: ", ")
            throw .unwritable(path: path, reason: "name a folder, or a file that ends in \(known)")
        }
        return true
    }

    /// The file for a video, whose folder is made where it is missing.
    ///
    /// - Throws: `FileError`, or ``BatchReport/Reason`` where a file is there that is not to be replaced.
    package mutating func file(for video: VideoInput) throws -> String {
        guard isFolder else { return try OutputFolder.free(path, replaces: replaces) }
        let ending = (video.path as NSString).pathExtension.lowercased()
        let chosen = Self.extensions.contains(ending) ? ending : usual
        try DurableFile.makeFolders(path)
        let name = names.name([video.id], ending: chosen)
        return try OutputFolder.free((path as NSString).appendingPathComponent(name), replaces: replaces)
    }
}

/// Folders that files are written into.
enum OutputFolder {
    /// Why a file is not written.
    static let isThere = "a file of that name is there already"

    /// Checks that files can be written into a folder, which is made later where it is missing.
    ///
    /// - Throws: `FileError`.
    static func check(_ path: String) throws(FileError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw .unwritable(path: path, reason: "it is a file; name a folder") }
            guard FileManager.default.isWritableFile(atPath: path) else {
                throw .unwritable(path: path, reason: "the folder is not writable")
            }
        }
    }

    /// A path that may be written.
    ///
    /// - Throws: ``BatchReport/Reason`` where a file is there that is not to be replaced.
    static func free(_ path: String, replaces: Bool) throws -> String {
        guard replaces || !FileManager.default.fileExists(atPath: path) else {
            throw BatchReport.Reason(description: isThere)
        }
        return path
    }
}
