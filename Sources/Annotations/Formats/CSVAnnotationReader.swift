import Files
import Foundation

/// Reads annotation tables: EPIC-Kitchens-100, the csv files of THUMOS14 as BSN and G-TAD use them, and those of TSP.
struct CSVAnnotationReader {
    private var videos: [AnnotatedVideo] = []
    private var positions: [String: Int] = [:]
    private var identifiers: [String: [Int]] = [:]
    private var tally = OddityTally()

    /// The label that THUMOS14 gives to segments that may be ignored.
    private static let ambiguous = "Ambiguous"

    static func read(_ path: String, bytes: [UInt8], labelField: LabelField) throws(FileError) -> AnnotationSet {
        let table = try CSVTable(path: path, bytes: bytes)
        var reader = CSVAnnotationReader()
        let layout: AnnotationLayout
        if table.has("video_id", "start_timestamp", "stop_timestamp", "verb_class", "noun_class") {
            layout = .epicKitchens
            reader.readEpicKitchens(table, labelField)
        } else if table.has("video", "type", "start", "end") {
            layout = .thumosTable
            reader.readThumos(table, video: "video", start: "start", end: "end", label: "type")
        } else if table.has("video-name", "t-init", "t-end", "label-idx") {
            layout = .thumosTable
            reader.readThumos(table, video: "video-name", start: "t-init", end: "t-end", label: "label-idx")
        } else if table.has("video-name", "t-start", "t-end", "action-label", "temporal-region-label") {
            layout = .tsp
            reader.readThumos(table, video: "video-name", start: "t-start", end: "t-end", label: "action-label")
        } else {
            throw .malformed(
                path: path,
                problem: "neither JSON nor a table of a known layout (columns: \(table.header.joined(separator: ", ")))"
            )
        }
        return reader.result(layout)
    }

    private func result(_ layout: AnnotationLayout) -> AnnotationSet {
        let labels =
            identifiers.isEmpty
            ? nil : identifiers.sorted { $0.value.lexicographicallyPrecedes($1.value) }.map(\.key)
        return AnnotationSet(
            videos: videos, labels: labels, labelOrder: labels == nil ? .alphabetical : .identifier, layout: layout,
            oddities: tally.oddities)
    }

    // MARK: - Layouts

    private mutating func readEpicKitchens(_ table: CSVTable, _ labelField: LabelField) {
        let columns = ["video_id", "start_timestamp", "stop_timestamp", "verb_class", "noun_class"].compactMap(
            table.column)
        for row in table.rows {
            guard row.count == table.header.count, let start = Self.seconds(row[columns[1]]),
                let end = Self.seconds(row[columns[2]]), let verb = Int(row[columns[3]]),
                let noun = Int(row[columns[4]])
            else {
                tally.add(.unusableEntry, at: row.first ?? "")
                continue
            }
            let numbers: [Int]
            switch labelField {
            case .verb: numbers = [verb]
            case .noun: numbers = [noun]
            case .action: numbers = [verb, noun]
            }
            let label = numbers.map(String.init).joined(separator: ",")
            identifiers[label] = numbers
            add(Segment(start: start, end: end), label, to: video(row[columns[0]]))
        }
    }

    /// Reads the tables that name a video, two times and a label; other columns are used where they are known.
    private mutating func readThumos(_ table: CSVTable, video: String, start: String, end: String, label: String) {
        let columns = [video, start, end, label].compactMap(table.column)
        let kind = table.column("temporal-region-label")
        let duration = table.column("video-duration"), frames = table.column("video-frames")
        let rate = table.column("fps") ?? table.column("frame-rate")
        for row in table.rows {
            guard row.count == table.header.count, let begin = Double(row[columns[1]]),
                let finish = Double(row[columns[2]])
            else {
                tally.add(.unusableEntry, at: row.first ?? "")
                continue
            }
            let position = self.video(row[columns[0]])
            videos[position].duration = duration.flatMap { CSVTable.measure(row[$0]) } ?? videos[position].duration
            videos[position].framesPerSecond = rate.flatMap { CSVTable.measure(row[$0]) }
            videos[position].frameCount = frames.flatMap { Int(row[$0]) }.flatMap { $0 > 0 ? $0 : nil }
            // TSP also lists the gaps between actions.
            if let kind, row[kind] != "Action" { continue }
            add(
                Segment(start: begin, end: finish), row[columns[3]] == "-1" ? Self.ambiguous : row[columns[3]],
                to: position)
        }
    }

    // MARK: - Parts

    /// The position of a video, new or known. THUMOS14 says the subset in the id.
    private mutating func video(_ id: String) -> Int {
        if let position = positions[id] { return position }
        let subset = id.hasPrefix("video_test_") ? "test" : id.hasPrefix("video_validation_") ? "validation" : ""
        positions[id] = videos.count
        videos.append(AnnotatedVideo(id: id, subset: subset))
        return videos.count - 1
    }

    private mutating func add(_ segment: Segment, _ label: String, to position: Int) {
        guard segment.start.isFinite && segment.end.isFinite else {
            return tally.add(.nonFiniteTime, at: videos[position].id)
        }
        if segment.end <= segment.start { tally.add(.endNotAfterStart, at: videos[position].id) }
        videos[position].segments.append(LabelledSegment(segment: segment, label: label))
    }

    /// Seconds of `HH:MM:SS.ff`.
    private static func seconds(_ text: String) -> Double? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 3, let hours = parts[0], let minutes = parts[1], let seconds = parts[2] else { return nil }
        return hours * 3600 + minutes * 60 + seconds
    }
}
