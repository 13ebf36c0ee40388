import Annotations
import Evaluation
import Foundation

/// What the page's script needs to draw the videos, as JSON.
///
/// Times are whole milliseconds and scores whole multiples of `1 / scoreScale`, which keeps pages of half a million detections
/// small. Per video: `[id, duration, subset, truth, runs, average precisions, thumbnails]`, where truth is
/// `start, end, label, found…` and a run is `start, end, score, label, verdict` again and again, best first.
struct TimelineData {
    private let report: Report
    private let labelIndices: [String: Int]
    private let scoreScale: Double
    /// For each run, the rows of each video, best first.
    private let rows: [[String: [Int]]]

    /// The numbers of verdicts in the page.
    static let verdictNames = ["correct"] + ErrorKind.allCases.map(\.rawValue) + ["ignored", "left out", "not judged"]

    init(_ report: Report) {
        self.report = report
        labelIndices = Dictionary(uniqueKeysWithValues: zip(report.labels, report.labels.indices))
        let largest = report.runs.flatMap { $0.detections.scores.lazy.filter(\.isFinite) }.reduce(0) {
            max($0, abs($1))
        }
        // Four significant digits of the highest score.
        var scale = 10_000.0
        while largest > 0, largest * scale < 1_000, scale < 1e15 { scale *= 10 }
        while largest * scale > 1e8, scale > 1e-9 { scale /= 10 }
        scoreScale = scale
        rows = report.runs.map { run in
            var members = [[Int]](repeating: [], count: run.detections.videos.count)
            for row in run.detections.indices {
                let (start, end) = (run.detections.starts[row], run.detections.ends[row])
                let isFinite = start.isFinite && end.isFinite && run.detections.scores[row].isFinite
                if isFinite, abs(start) < 1e9, abs(end) < 1e9 {
                    members[Int(run.detections.videoIndices[row])].append(row)
                }
            }
            let scores = run.detections.scores
            return Dictionary(
                uniqueKeysWithValues: zip(
                    run.detections.videos,
                    members.map { rows in
                        Array(rows.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(report.drawnLimit))
                    }))
        }
    }

    /// The JSON text.
    func text() -> ByteText {
        var text = ByteText()
        text.append("{\"scoreScale\":\(scoreScale),\"labels\":[")
        list(report.labels, in: &text) { label, text in text.append(json: label) }
        text.append("],\"colours\":[")
        list(ClassColours.colours(count: report.labels.count), in: &text) { colour, text in text.append(json: colour) }
        text.append("],\"verdicts\":[")
        list(Self.verdictNames, in: &text) { name, text in text.append(json: name) }
        text.append("],\"runs\":[")
        list(report.runs.map(\.name), in: &text) { name, text in text.append(json: name) }
        text.append("],\"judged\":\(report.isJudged),\"videos\":[")
        let segments = judgedSegments()
        let averages = averagePrecisions()
        list(report.videos, in: &text) { video, text in
            text.append("\n[")
            text.append(json: video.id)
            text.append(",")
            text.append(milliseconds(video.duration ?? 0))
            text.append(",")
            text.append(json: video.subset)
            text.append(",")
            text.append(list: truth(of: video, segments))
            text.append(",[")
            list(report.runs.indices, in: &text) { run, text in
                text.append(list: predictions(of: video.id, run: run))
            }
            text.append("],[")
            list(averages, in: &text) { values, text in
                if let value = values[video.id] {
                    text.append(Int((value * 1000).rounded()))
                } else {
                    text.append("null")
                }
            }
            text.append("],[")
            list(report.thumbnails[video.id] ?? [], in: &text) { picture, text in
                text.append("\"\(Data(picture).base64EncodedString())\"")
            }
            text.append("]]")
        }
        text.append("]}")
        return text
    }

    private func list<Item>(
        _ items: some Sequence<Item>, in text: inout ByteText, _ write: (Item, inout ByteText) -> Void
    ) {
        var isFirst = true
        for item in items {
            if !isFirst { text.append(",") }
            isFirst = false
            write(item, &text)
        }
    }

    private func milliseconds(_ seconds: Double) -> Int {
        seconds.isFinite && abs(seconds) < 1e9 ? Int((seconds * 1000).rounded()) : 0
    }

    /// For each run that is judged and each video, its segments with what was found.
    private func judgedSegments() -> [[String: [JudgedSegment]]] {
        report.runs.compactMap { run in
            run.verdicts.map { verdicts in
                Dictionary(zip(verdicts.videos.map(\.id), verdicts.segments)) { first, _ in first }
            }
        }
    }

    private func averagePrecisions() -> [[String: Double]] {
        report.runs.map { run in
            guard let verdicts = run.verdicts else { return [:] }
            var values: [String: Double] = [:]
            for (video, value) in zip(verdicts.videos, verdicts.averagePrecision) { values[video.id] = value }
            return values
        }
    }

    /// Start, end, label and a bit for each run that found it, of each segment.
    private func truth(of video: AnnotatedVideo, _ segments: [[String: [JudgedSegment]]]) -> [Int] {
        guard let first = segments.first?[video.id] else {
            return video.segments.filter { $0.segment.start.isFinite && $0.segment.end.isFinite }.flatMap { item in
                [
                    milliseconds(item.segment.start), milliseconds(item.segment.end), labelIndices[item.label] ?? 0, 0,
                ]
            }
        }
        return first.indices.flatMap { index in
            let item = first[index]
            var found = 0
            for (run, judged) in segments.enumerated().prefix(30) where judged[video.id]?[index].isFound == true {
                found |= 1 << run
            }
            return [
                milliseconds(item.segment.start), milliseconds(item.segment.end), labelIndices[item.label] ?? 0, found,
            ]
        }
    }

    private func predictions(of video: String, run: Int) -> [Int] {
        let table = report.runs[run].detections, verdicts = report.runs[run].verdicts
        var values: [Int] = []
        let rows = rows[run][video] ?? []
        values.reserveCapacity(rows.count * 5)
        for row in rows {
            values.append(milliseconds(table.starts[row]))
            values.append(milliseconds(table.ends[row]))
            values.append(Int((table.scores[row] * scoreScale).rounded()))
            values.append(labelIndices[table.labels[Int(table.labelIndices[row])]] ?? 0)
            values.append(Self.number(of: verdicts?.predictions[row]))
        }
        return values
    }

    private static func number(of verdict: Verdict?) -> Int {
        switch verdict {
        case .correct: 0
        case .error(let kind): 1 + (ErrorKind.allCases.firstIndex(of: kind) ?? 0)
        case .ignored: 1 + ErrorKind.allCases.count
        case .leftOut: 2 + ErrorKind.allCases.count
        case nil: 3 + ErrorKind.allCases.count
        }
    }
}
