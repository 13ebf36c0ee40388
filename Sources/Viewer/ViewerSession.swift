import Annotations
import Files
import Foundation
import Localization
import Reports
import Video

/// What one viewer shows: videos, their labels, and detections.
struct ViewerSession: Sendable {
    let title: String
    let library: VideoLibrary
    let runs: DetectionRuns
    let curves: CurveTracks
    let curveReader: CurveReader
    let store: LabelStore
    let output: String?
    let copies = PlayableCopies()
    private let numbers: [String: Int]

    init(
        title: String, library: VideoLibrary, runs: DetectionRuns, curves: CurveTracks, store: LabelStore,
        output: String?
    ) {
        self.title = title
        self.library = library
        self.runs = runs
        self.curves = curves
        curveReader = CurveReader(curves)
        self.store = store
        self.output = output
        numbers = Dictionary(library.items.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    func videos() async -> [ViewerReplies.Video] {
        var videos: [ViewerReplies.Video] = []
        for (number, item) in library.items.enumerated() {
            let labels = await store.labels(of: item.id)
            videos.append(
                ViewerReplies.Video(
                    id: item.id, address: "/videos/\(number)", segments: labels.segments.count,
                    detections: runs.runs.reduce(0) { $0 + ($1.rows[item.id]?.count ?? 0) },
                    isLabelled: labels.isLabelled, disagreement: runs.disagreement(item.id, labels.segments)))
        }
        return videos
    }

    func session() async -> ViewerReplies.Session {
        var labels = await store.labels
        var seen = Set(labels)
        for run in runs.runs { labels += run.table.labels.sorted().filter { seen.insert($0).inserted } }
        for track in curves.tracks { labels += track.file.content.classes.filter { seen.insert($0).inserted } }
        return await ViewerReplies.Session(
            title: title, labels: labels, colours: ClassColours.colours(count: labels.count),
            runs: runs.runs.map(\.name),
            curves: curves.tracks.map {
                ViewerReplies.CurveFile(
                    name: $0.name, kind: $0.file.content.kind.rawValue, classes: $0.file.content.classes)
            }, output: output, hasUnsavedEdits: store.hasUnsavedEdits,
            recovered: store.recovered)
    }

    func labels(of number: Int) async -> ViewerReplies.Labels {
        let item = library.items[number]
        let labels = await store.labels(of: item.id)
        var reply = ViewerReplies.Labels(
            id: item.id, address: "/videos/\(number)", revision: labels.revision, isLabelled: labels.isLabelled,
            segments: labels.segments, tracks: [], curves: curves.numbers(of: item.id))
        do {
            let info = try VideoInfo.read(library.file(item).path)
            reply.duration = info.durationSeconds
            reply.framesPerSecond = info.averageFrameRate.framesPerSecond
            reply.codec = info.codec
            if let copy = await copies.address(of: number) { reply.address = copy }
        } catch {
            reply.problem = "\(error)"
        }
        for run in runs.runs {
            let detections = runs.detections(of: item.id, in: run).map {
                ViewerReplies.Detection(
                    start: $0.segment.start, end: $0.segment.end, label: $0.label, score: $0.score)
            }
            reply.tracks.append(ViewerReplies.Track(run: run.name, detections: detections))
        }
        return reply
    }
}
