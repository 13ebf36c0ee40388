public import Files
import Foundation

/// Where detections or annotations are written, in which format, and which of them.
public struct ResultOutput: Sendable {
    /// A file; a folder where the format holds one video a file and there are several; `-` is standard output.
    public let path: String
    public let format: AnnotationFormat
    /// What is written; formats of one video are in the order of time where it says no order.
    public var selection = DetectionSelection()
    /// Frame rates, for formats that count frames.
    public var options = WritingOptions()

    /// - Parameters:
    ///   - path: where it goes.
    ///   - format: the format; that of the extension where nil.
    /// - Throws: `FileError` for an extension that belongs to no format.
    public init(_ path: String, format: AnnotationFormat? = nil) throws(FileError) {
        self.path = path
        if let format {
            self.format = format
        } else {
            self.format = try WrittenFormats.format(ofPath: path)
        }
    }

    /// Checks, before any work, that the output can be written; makes and changes nothing.
    ///
    /// - Parameter videoCount: how many videos there will be, where that is known.
    /// - Throws: `FileError`.
    public func check(videoCount: Int? = nil) throws(FileError) {
        guard try AnnotationWriter.isFolder(path, format: format, videoCount: videoCount ?? 1) else {
            return try AtomicFile.check(path)
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard FileManager.default.isWritableFile(atPath: path) else {
                throw .unwritable(path: path, reason: "the folder is not writable")
            }
        }
    }

    /// Checks, before any work, that the frame rates are known where the format counts frames.
    ///
    /// - Parameter videos: the ids of the videos.
    /// - Throws: ``AnnotationsError/unknownFrameRate(video:format:)``.
    public func checkFrameRates(of videos: [String]) throws(AnnotationsError) {
        guard format.countsFrames else { return }
        for video in videos { _ = try options.rate(of: AnnotatedVideo(id: video), for: format) }
    }

    /// Writes what the selection leaves of a set.
    ///
    /// - Throws: as ``AnnotationWriter/write(_:as:to:_:)``.
    public func write(_ set: AnnotationSet) throws -> AnnotationWriter.Report {
        try AnnotationWriter.write(ordered.applied(to: set), as: format, to: path, options)
    }

    /// Writes what the selection leaves of the detections of each video; videos are ordered by name.
    ///
    /// - Throws: as ``AnnotationWriter/write(_:as:to:_:)``.
    public func write(_ detections: [String: [Detection]]) throws -> AnnotationWriter.Report {
        let chosen = detections.mapValues(ordered.chosen)
        if format.name == AnnotationFormat.activityNet.name || format.name == AnnotationFormat.results.name {
            // Results also where no video has a detection, which would look like annotations.
            try DetectionFile.write(chosen, to: path)
            var report = AnnotationWriter.Report()
            report.files = [path]
            return report
        }
        let videos = chosen.sorted { AnnotationSet.bytewise($0.key, $1.key) }.map { id, items in
            AnnotatedVideo(
                id: id,
                segments: items.map { LabelledSegment(segment: $0.segment, label: $0.label, score: $0.score) })
        }
        return try AnnotationWriter.write(AnnotationSet(videos: videos), as: format, to: path, options)
    }

    /// The selection, with an order where the format is a track that people play from its start.
    private var ordered: DetectionSelection {
        var selection = selection
        if format.holdsOneVideo, selection.order == nil { selection.order = .time }
        return selection
    }
}
