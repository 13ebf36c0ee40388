package import Files

/// One format of annotations: how it is recognised, read, and, where that makes sense, written.
///
/// A new format is one file in `Formats` with an extension of this type, and one line in ``all``.
public struct AnnotationFormat: Sendable {
    /// The word that names it on the command line.
    public let name: String
    /// What it is, for people.
    public let title: String
    /// The extension of files that are written; empty where it is not written.
    public let fileExtension: String
    /// Whether a file holds one video, so that several make a folder.
    public let holdsOneVideo: Bool
    /// Whether times are written as numbers of frames, for which the frame rate of each video must be known.
    public let countsFrames: Bool
    /// Whether the start of a file looks like it.
    let recognizes: @Sendable (SourceFile) -> Bool
    let read: (@Sendable (SourceFile, ReadingOptions) throws -> AnnotationSet)?
    let write: (@Sendable (AnnotationSet, WritingOptions, inout Losses) throws -> [UInt8])?

    init(
        name: String, title: String, fileExtension: String = "", holdsOneVideo: Bool = false,
        countsFrames: Bool = false,
        recognizes: @escaping @Sendable (SourceFile) -> Bool = { _ in false },
        read: (@Sendable (SourceFile, ReadingOptions) throws -> AnnotationSet)? = nil,
        write: (@Sendable (AnnotationSet, WritingOptions, inout Losses) throws -> [UInt8])? = nil
    ) {
        self.name = name
        self.title = title
        self.fileExtension = fileExtension
        self.holdsOneVideo = holdsOneVideo
        self.countsFrames = countsFrames
        self.recognizes = recognizes
        self.read = read
        self.write = write
    }

    public var isRead: Bool { read != nil }
    public var isWritten: Bool { write != nil }

    /// Every format, those with the clearest marks first: the first that recognizes a file reads it.
    public static let all: [AnnotationFormat] = [
        // Labelling tools
        elan, cvat, praat, webVTT, subRip, via3, via3Table, vidat, borisProject, labelStudio, fiftyOne, xAnyLabeling,
        feral,
        borisTable, audacity, jwatcher, ctm,
        // Data sets
        proposalList, proposalTable, results, momentQueries, perceptionTest, ego4d, kth, frameTable, rows, thumosFolder,
        actionFormerPickle, activityNet,
        // Tables and lists, which have no marks
        csv, tsv, frameLabels,
    ]

    /// The format of a file by its content; nil where it is none of these.
    public static func recognized(_ path: String) -> AnnotationFormat? {
        guard let file = try? SourceFile(path: path) else { return nil }
        return TarArchive.isArchive(file.start) ? nil : try? AnnotationReader.recognized(file)
    }

    /// Why a file is none of these, where that can be said: text, or a file that is marked as something else. Nil for bytes of
    /// an unknown kind, which may be a video.
    package static func problem(of path: String) -> FileError? {
        guard let file = try? SourceFile(path: path), file.startText != nil || ForeignKind.isMarked(file) else {
            return nil
        }
        do {
            _ = try AnnotationReader.recognized(file)
            return nil
        } catch {
            return error as? FileError
        }
    }

    /// The format of a name; nil where there is none.
    public static func named(_ name: String) -> AnnotationFormat? {
        let wanted = name.lowercased()
        return all.first { $0.name == wanted }
    }
}
