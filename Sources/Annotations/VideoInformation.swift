import Files

extension AnnotationSet {
    /// Fills in durations, frame rates, frame counts and subsets from a table of videos, where it names them.
    ///
    /// Read are the tables of EPIC-Kitchens-100 (`video_id, duration, fps`), BSN (`video, numFrame, seconds, subset`) and TSP
    /// (`filename, video-duration, fps, video-frames`), plain or gzip.
    ///
    /// - Parameters:
    ///   - path: the table.
    ///   - groupColumn: the column that says which videos belong together when a set is split.
    /// - Throws: `FileError` when the table is unreadable, has no column of videos or none of groups, says two things of one video, or
    ///   names none of the videos.
    public func completed(byTable path: String, groupColumn: String? = nil) throws -> AnnotationSet {
        let table = try CSVTable(path: path, bytes: ByteSource.contents(of: path))
        let set = try completed(by: table, path: path)
        return try groupColumn.map { try set.grouped(by: $0, of: table, path: path) } ?? set
    }

    private func completed(by table: CSVTable, path: String) throws -> AnnotationSet {
        func column(_ names: String...) -> Int? { names.lazy.compactMap(table.column).first }
        guard let name = column("video_id", "video", "filename", "video-name") else {
            throw FileError.malformed(
                path: path, problem: "no column video_id, video, filename or video-name in the table of videos")
        }
        let duration = column("duration", "seconds", "video-duration")
        let rate = column("fps", "frame-rate"), frames = column("numFrame", "video-frames"), subset = column("subset")
        var rows: [String: (facts: Facts, line: Int)] = [:], tally = OddityTally()
        for (row, line) in zip(table.rows, table.lines) {
            guard row.count >= table.header.count, row.dropFirst(table.header.count).allSatisfy(\.isEmpty) else {
                throw FileError.malformed(
                    path: path, line: line, problem: "\(row.count) cells in place of \(table.header.count)")
            }
            func text(_ column: Int?) -> String? {
                column.map { TextDecoding.trimmed(row[$0]) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            let id = VideoID.normal(TextDecoding.trimmed(row[name]))
            var facts = Facts()
            if let text = text(duration) {
                facts.duration = TimeText.seconds(text).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
                if facts.duration == nil { tally.add(.unusableDuration, at: "\(id): '\(text)'") }
            }
            facts.rate = text(rate).flatMap(TimeText.number).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
            facts.frames = text(frames).flatMap { Int($0) }
            facts.subset = text(subset)
            if let known = rows[id] {
                guard let joined = known.facts.joined(with: facts) else {
                    throw FileError.malformed(
                        path: path, line: line,
                        problem: "says something else of the video '\(id)' than line \(known.line)")
                }
                facts = joined
            }
            rows[id] = (facts, rows[id]?.line ?? line)
        }
        var result = self, isUsed = false
        for index in result.videos.indices {
            guard let facts = rows.value(ofVideo: result.videos[index].id)?.facts else { continue }
            isUsed = true
            result.videos[index].duration = facts.duration ?? result.videos[index].duration
            result.videos[index].framesPerSecond = facts.rate ?? result.videos[index].framesPerSecond
            result.videos[index].frameCount = facts.frames ?? result.videos[index].frameCount
            result.videos[index].subset = facts.subset ?? result.videos[index].subset
        }
        if !isUsed, let first = videos.first, let other = rows.keys.min() {
            throw FileError.malformed(
                path: path,
                problem:
                    "the table names none of the \(videos.count) videos: it calls them such as '\(other)', the annotations "
                    + "such as '\(first.id)'")
        }
        // What was said of durations that were not known may be so no more.
        if oddities.contains(where: { $0.kind == .missingDuration }) {
            for video in result.videos where video.duration == nil { tally.add(.missingDuration, at: video.id) }
        }
        result.oddities = Oddity.joined(
            oddities.filter { ![.missingDuration, .endPastDuration].contains($0.kind) } + tally.oddities
                + VideoCollector.endsPastDuration(of: result.videos))
        return result
    }

    /// What a table says of a video.
    private struct Facts {
        var duration: Double?
        var rate: Double?
        var frames: Int?
        var subset: String?

        /// What two rows say together; nil where they say different things.
        func joined(with other: Facts) -> Facts? {
            func differ<Value: Equatable>(_ mine: Value?, _ theirs: Value?) -> Bool {
                if let mine, let theirs { mine != theirs } else { false }
            }
            guard !differ(duration, other.duration), !differ(rate, other.rate), !differ(frames, other.frames),
                !differ(subset, other.subset)
            else { return nil }
            return Facts(
                duration: duration ?? other.duration, rate: rate ?? other.rate, frames: frames ?? other.frames,
                subset: subset ?? other.subset)
        }
    }

    /// Takes the groups of videos from a column; a video that a table names several times has the group of its first row.
    func grouped(by name: String, of table: CSVTable, path: String) throws -> AnnotationSet {
        guard let groups = table.column(name) else {
            throw FileError.malformed(
                path: path,
                problem:
                    "no column '\(name)' to group videos by; there are \(table.header.prefix(12).joined(separator: ", "))"
            )
        }
        let columns = TableColumns.find(header: table.header, rows: table.rows)
        let usual = ["video_id", "video", "filename", "video-name", "id"].lazy.compactMap(table.column).first
        guard let videoColumn = columns.flatMap({ $0.isHeaderless ? nil : $0.video }) ?? usual else {
            throw FileError.malformed(path: path, problem: "no column of videos")
        }
        var known: [String: String] = [:]
        for row in table.rows where row.count > max(groups, videoColumn) && !row[groups].isEmpty {
            let id = VideoID.composed(VideoID.normal(row[videoColumn]))
            if known[id] == nil { known[id] = row[groups] }
        }
        var result = self
        for index in result.videos.indices {
            result.videos[index].group = known[result.videos[index].id] ?? result.videos[index].group
        }
        return result
    }
}
