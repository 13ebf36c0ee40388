import Files
import Foundation

/// Writes annotations in any format that is written.
public enum AnnotationWriter {
    /// What was written.
    public struct Report: Sendable {
        /// The files, in the order of the videos.
        public var files: [String] = []
        public var losses = Losses()
    }

    /// - Parameters:
    ///   - set: what to write.
    ///   - format: a format that is written; see ``AnnotationFormat/isWritten``.
    ///   - path: a file; a folder (existing, or named with a slash at its end) where the format holds one video a file
    ///     and there are several videos. `-` is standard output.
    ///   - options: frame rate, subset, least score and the like.
    /// - Throws: `FileError`, or ``AnnotationsError/unknownFrameRate(video:format:)`` for formats that count frames.
    public static func write(
        _ set: AnnotationSet, as format: AnnotationFormat, to path: String, _ options: WritingOptions = WritingOptions()
    ) throws -> Report {
        guard let write = format.write else {
            throw FileError.unwritable(path: path, reason: "\(format.title) is read but not written")
        }
        if let video = set.videos.first(where: { video in
            video.segments.contains { !$0.segment.start.isFinite || !$0.segment.end.isFinite }
        }) {
            throw FileError.unwritable(
                path: path, reason: "a segment of \(video.id) has a time that is not a finite number")
        }
        if let video = set.videos.first(where: { $0.segments.contains { !($0.score ?? 0).isFinite } }) {
            throw FileError.unwritable(
                path: path, reason: "a segment of \(video.id) has a score that is not a finite number")
        }
        var report = Report()
        guard try isFolder(path, format: format, videoCount: set.videos.count) else {
            try AtomicFile.write(Data(write(set, options, &report.losses)), to: path)
            report.files = [path]
            return report
        }
        let names = try names(of: set.videos, path).map { $0 + "." + format.fileExtension }
        try DurableFile.makeFolders(path)
        for (video, name) in zip(set.videos, names) {
            var one = set
            one.videos = [video]
            let file = (path.hasSuffix("/") ? path : path + "/") + name
            try AtomicFile.write(Data(write(one, options, &report.losses)), to: file)
            report.files.append(file)
        }
        return report
    }

    /// A name inside the folder for each video.
    private static func names(of videos: [AnnotatedVideo], _ path: String) throws(FileError) -> [String] {
        var taken: [String: String] = [:], names: [String] = []
        for video in videos {
            guard let name = VideoFileName(video.id) else {
                throw .unwritable(path: path, reason: "the id '\(video.id.prefix(60))' cannot be the name of a file")
            }
            if let other = taken.updateValue(video.id, forKey: name.key) {
                throw .unwritable(path: path, reason: "'\(other)' and '\(video.id)' would be one file, \(name.text)")
            }
            names.append(name.text)
        }
        return names
    }

    /// Whether an output becomes a folder with a file for each video.
    ///
    /// - Throws: `FileError.unwritable` where a file would have to hold several videos, or a folder stands in the way of a file.
    static func isFolder(_ path: String, format: AnnotationFormat, videoCount: Int) throws(FileError) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let wantsFolder = path.hasSuffix("/") || exists && isFolder.boolValue
        guard format.holdsOneVideo, videoCount != 1 || wantsFolder else {
            guard !wantsFolder else { throw .unwritable(path: path, reason: "it is a folder; name a file") }
            return false
        }
        guard wantsFolder || !exists, path != "-",
            (path as NSString).pathExtension.lowercased() != format.fileExtension.lowercased()
        else {
            throw .unwritable(
                path: path, reason: "\(format.title) holds one video a file, and there are \(videoCount); name a folder"
            )
        }
        return true
    }
}
