import Annotations
import Files
import Foundation

/// The annotations of untrimmed videos by combinations of colour, shape and action, such as "a red square spins".
public struct CombinationFiles: Hashable, Sendable {
    /// The subset of the videos that show held-out combinations.
    public static let subset = "held-out"

    /// All videos, every segment labelled with its combination.
    public var annotations: String
    /// The videos of ``subset`` with their held-out segments only.
    public var heldOut: String
    /// Every combination that the world can show, one per line.
    public var labels: String

    /// Writes the files.
    ///
    /// - Throws: ``ShapeWorldError``
    init(
        of videos: [(video: AnnotatedVideo, combinations: [Combination])], settings: WorldSettings, version: String,
        folder: String
    ) throws(FileError) {
        let folder = URL(fileURLWithPath: folder)
        annotations = folder.appendingPathComponent("combinations.json").path
        heldOut = folder.appendingPathComponent("held-out.json").path
        labels = folder.appendingPathComponent("combinations.txt").path
        let all = Combination.all(of: settings)
        let named = videos.map { Self.renamed($0.video, $0.combinations) { _ in true } }
        try ActivityNetWriter.write(
            AnnotationSet(videos: named, labels: all.map(\.sentence).sorted(), labelOrder: .alphabetical, layout: nil),
            version: "shape world, combinations, \(version)", to: annotations)
        let unseen = videos.filter { $0.video.subset == Self.subset }
            .map { Self.renamed($0.video, $0.combinations, where: \.isHeldOut) }
        try ActivityNetWriter.write(
            AnnotationSet(
                videos: unseen, labels: all.filter(\.isHeldOut).map(\.sentence).sorted(), labelOrder: .alphabetical,
                layout: nil),
            version: "shape world, held-out combinations, \(version)", to: heldOut)
        try AtomicFile.write(all.map(\.sentence).joined(separator: "\n") + "\n", to: labels)
    }

    private static func renamed(
        _ video: AnnotatedVideo, _ combinations: [Combination], where isWanted: (Combination) -> Bool
    ) -> AnnotatedVideo {
        var video = video
        video.segments = zip(video.segments, combinations).filter { isWanted($0.1) }
            .map { LabelledSegment(segment: $0.0.segment, label: $0.1.sentence) }
        return video
    }
}
