import Annotations
import Foundation

/// The detections of one or more runs, by video.
struct DetectionRuns: Sendable {
    struct Run: Sendable {
        var name: String
        var table: DetectionTable
        /// Rows of the table by video, the best first.
        var rows: [String: [Int]]
    }

    private(set) var runs: [Run] = []

    /// The most detections of a video and run that are shown, the best by score.
    static let limit = 300

    init() {}

    /// - Throws: `FileError`.
    init(_ paths: [String]) throws {
        for (number, path) in paths.enumerated() {
            let table = try DetectionFile.read(path).detections
            var rows: [String: [Int]] = [:]
            for row in table.indices
            where table.starts[row].isFinite && table.ends[row].isFinite && table.scores[row].isFinite {
                rows[table.videos[Int(table.videoIndices[row])], default: []].append(row)
            }
            rows = rows.mapValues { rows in
                Array(rows.sorted { (table.scores[$0], $1) > (table.scores[$1], $0) }.prefix(Self.limit))
            }
            let url = URL(fileURLWithPath: path).deletingPathExtension()
            var name = url.lastPathComponent
            if runs.contains(where: { $0.name == name }) {
                name = url.deletingLastPathComponent().lastPathComponent + "/" + name
            }
            if runs.contains(where: { $0.name == name }) { name += " (\(number + 1))" }
            runs.append(Run(name: name, table: table, rows: rows))
        }
    }

    func detections(of video: String, in run: Run) -> [Detection] {
        (run.rows[video] ?? []).map { run.table[$0] }
    }

    /// How many segments and confident detections of a video have no partner, by label and a tIoU of 0.5: what is most worth
    /// a look. Confident is a score of at least half the best of the video.
    func disagreement(_ video: String, _ truth: [EditedSegment]) -> Int {
        var count = 0
        for run in runs {
            let found = detections(of: video, in: run)
            guard let best = found.first?.score else {
                count += truth.count
                continue
            }
            let confident = found.prefix { $0.score >= best / 2 }
            let partners = { (segment: EditedSegment, detection: Detection) in
                let (start, end) = (detection.segment.start, detection.segment.end)
                let overlap = min(segment.end, end) - max(segment.start, start)
                let union = max(segment.end, end) - min(segment.start, start)
                return segment.label == detection.label && overlap > 0 && overlap / union >= 0.5
            }
            count += truth.count { segment in !confident.contains { partners(segment, $0) } }
            count += confident.count { detection in !truth.contains { partners($0, detection) } }
        }
        return count
    }
}
