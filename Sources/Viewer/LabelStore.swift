import Annotations
import Files
import Foundation

/// The labels that are corrected: what was read, what was changed since, and where it is saved.
actor LabelStore {
    /// The segments of one video, and the number of the last change, which tells two windows apart.
    struct Labels: Sendable {
        var segments: [EditedSegment]
        var revision: Int
        /// Whether the labels name the video at all; one that is named without a segment has been looked at.
        var isLabelled: Bool
    }

    struct Saved: Sendable {
        var videos: Int
        var segments: Int
        /// What the format could not hold.
        var losses: [String]
    }

    private var set: AnnotationSet
    private var positions: [String: Int]
    private var revisions: [String: Int] = [:]
    private let output: LabelOutput?
    private var fingerprint: String?
    private(set) var hasUnsavedEdits = false
    /// How many edits came from the journal of a viewer that ended before it saved.
    let recovered: Int

    /// - Parameters:
    ///   - truth: the labels to begin with.
    ///   - output: where labels are saved; an existing file is continued: its videos replace those of `truth`,
    ///     and edits in its journal replace both. Nil where nothing can be changed.
    /// - Throws: `FileError` where that file or its journal is broken.
    init(_ truth: AnnotationSet?, output: LabelOutput?) throws {
        var set = truth ?? AnnotationSet(videos: [])
        var positions = Dictionary(set.videos.enumerated().map { ($1.id, $0) }) { first, _ in first }
        func put(_ video: AnnotatedVideo) {
            if let position = positions[video.id] {
                set.videos[position] = video
            } else {
                positions[video.id] = set.videos.count
                set.videos.append(video)
            }
        }
        var edits: [LabelJournal.Entry] = []
        if let output {
            if output.fingerprint != nil {
                for video in try AnnotationSet(contentsOf: output.path).videos { put(video) }
            }
            edits = try output.journal.recover()
            for edit in edits {
                var video = positions[edit.video].map { set.videos[$0] } ?? AnnotatedVideo(id: edit.video)
                video.segments = edit.segments.map(\.labelled)
                put(video)
            }
            fingerprint = output.fingerprint
        }
        // Labels of people have no scores, and a set with scores would be saved as predictions.
        for index in set.videos.indices {
            for item in set.videos[index].segments.indices { set.videos[index].segments[item].score = nil }
        }
        recovered = edits.count
        hasUnsavedEdits = !edits.isEmpty
        self.set = set
        self.positions = positions
        self.output = output
    }

    /// The labels in use, those that the file lists first.
    var labels: [String] {
        var labels = set.labels
        var seen = Set(labels)
        for video in set.videos {
            for item in video.segments where seen.insert(item.label).inserted { labels.append(item.label) }
        }
        return labels
    }

    func labels(of video: String) -> Labels {
        let found = positions[video].map { set.videos[$0] }
        return Labels(
            segments: found?.segments.map(EditedSegment.init) ?? [], revision: revisions[video] ?? 0,
            isLabelled: found != nil)
    }

    /// Replaces the segments of a video.
    ///
    /// - Parameter revision: the number of the change that the new segments are based on.
    /// - Returns: the number of this change.
    /// - Throws: ``ViewerError`` where the segments are not usable or based on an older change; `FileError` where the journal
    ///   cannot be written. Nothing has changed then.
    func replace(_ segments: [EditedSegment], of video: String, revision: Int) throws -> Int {
        guard let output else { throw ViewerError.readOnly }
        guard revision == revisions[video] ?? 0 else { throw ViewerError.changedElsewhere(video: video) }
        if let problem = segments.lazy.compactMap(\.problem).first { throw ViewerError.unusable(problem) }
        try output.journal.append(.init(video: video, segments: segments))
        hasUnsavedEdits = true
        if let position = positions[video] {
            set.videos[position].segments = segments.map(\.labelled)
        } else {
            positions[video] = set.videos.count
            set.videos.append(AnnotatedVideo(id: video, segments: segments.map(\.labelled)))
        }
        revisions[video] = revision + 1
        return revision + 1
    }

    /// Writes all labels to their file.
    ///
    /// - Parameter replacing: whether to write over what another program put there since.
    /// - Throws: ``ViewerError`` or `FileError`; the edits then stay in the journal.
    func save(replacing: Bool) throws -> Saved {
        guard let output else { throw ViewerError.readOnly }
        guard replacing || output.fingerprint == fingerprint else { throw ViewerError.fileChanged(path: output.path) }
        var written = set
        written.labels = labels
        let report = try AnnotationWriter.write(written, as: output.format, to: output.path)
        fingerprint = output.fingerprint
        output.journal.remove()
        hasUnsavedEdits = false
        return Saved(videos: set.videos.count, segments: set.segmentCount, losses: report.losses.lines)
    }
}
