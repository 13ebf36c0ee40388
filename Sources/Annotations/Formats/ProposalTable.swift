import Files
import Foundation

/// Tables of proposals, read as annotations with scores, so that they can be converted.
extension AnnotationFormat {
    static let proposalTable = AnnotationFormat(
        name: "proposals", title: "table of proposals of one video (BSN, mmaction2; .csv)",
        recognizes: { ProposalTable.isTable($0) },
        read: { file, _ in AnnotationSet(try ProposalTable.read(file, [:])) })
}

/// Proposals of one video as BSN, BMN and mmaction2 keep them: a table with `tmin, tmax, score`, times as fractions of the video, which is
/// the name of the file. A folder holds many videos.
enum ProposalTable {
    static func isTable(_ file: SourceFile) -> Bool {
        let names = file.startLines.first.map { $0.split(separator: ",").map { TextDecoding.trimmed($0) } } ?? []
        return ["tmin", "tmax"].allSatisfy(names.contains) && (names.contains("score") || names.contains("xmin_score"))
            && !names.contains("video")
            || ["xmin", "xmax"].allSatisfy(names.contains) && names.contains { $0.hasSuffix("score") }
                && !names.contains("video")
    }

    static func readFolder(_ path: String, _ durations: [String: Double]) throws -> DetectionFile {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw FileError.unreadable(path: path, reason: "the folder cannot be listed")
        }
        var result = DetectionFile(version: "", detections: DetectionTable(), oddities: [])
        var counts: [Oddity.Kind: Oddity] = [:]
        for name in names.sorted() where name.hasSuffix(".csv") {
            let file = try SourceFile(path: path + "/" + name)
            guard isTable(file) else {
                throw FileError.malformed(path: file.path, problem: "no table of proposals (columns tmin, tmax, score)")
            }
            let part = try read(file, durations)
            result.detections.append(contentsOf: part.detections)
            for oddity in part.oddities {
                counts[oddity.kind] = counts[oddity.kind].map { $0.joined(with: oddity) } ?? oddity
            }
        }
        guard !result.detections.isEmpty else {
            throw FileError.malformed(path: path, problem: "no tables of proposals in this folder")
        }
        result.oddities = Oddity.Kind.allCases.compactMap { counts[$0] }
        return result
    }

    static func read(_ file: SourceFile, _ durations: [String: Double]) throws -> DetectionFile {
        let table = try CSVTable(path: file.path, bytes: file.bytes())
        func column(_ names: String...) -> Int? { names.lazy.compactMap(table.column).first }
        guard let first = column("tmin", "xmin"), let last = column("tmax", "xmax") else {
            throw FileError.malformed(path: file.path, problem: "no columns of times")
        }
        // BSN keeps the scores of both ends, whose product ranks the proposal.
        let factors =
            column("score").map { [$0] }
            ?? [column("xmin_score", "tmin_score"), column("xmax_score", "tmax_score")].compactMap { $0 }
        let id = VideoID.composed(file.stem)
        let duration = durations.value(ofVideo: id)
        var tally = OddityTally(), detections = DetectionTable()
        detections.addVideo(id)
        for (number, row) in table.rows.enumerated() {
            guard row.count == table.header.count, let start = Double(row[first]), let end = Double(row[last]) else {
                throw file.malformed(table.lines[number], "expected numbers for start and end")
            }
            let scores = try factors.map { column in
                guard let score = Double(row[column]) else {
                    throw file.malformed(
                        table.lines[number],
                        "'\(row[column])' in '\(table.header[column])', where a number such as 0.9 is expected")
                }
                return score
            }
            let score = scores.reduce(1, *)
            if duration == nil { tally.add(.fractionOfVideo, at: id) }
            let scale = duration ?? 1
            detections.append(
                Detection(
                    video: id, label: DetectionFile.proposalLabel,
                    segment: Segment(start: start * scale, end: end * scale), score: score))
        }
        return DetectionFile(version: "", detections: detections, oddities: tally.oddities)
    }
}
