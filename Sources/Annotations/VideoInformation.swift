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
    /// - Throws: `FileError` when the table is unreadable, has no column of videos or none of groups, or names none of the videos.
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
        var rows: [String: [String]] = [:]
        for row in table.rows where row.count == table.header.count { rows[VideoID.normal(row[name])] = row }
        var result = self, isUsed = false
        for index in result.videos.indices {
            guard let row = rows.value(ofVideo: result.videos[index].id) else { continue }
            isUsed = true
            result.videos[index].duration =
                duration.flatMap { CSVTable.measure(row[$0]) } ?? result.videos[index].duration
            result.videos[index].framesPerSecond =
                rate.flatMap { CSVTable.measure(row[$0]) } ?? result.videos[index].framesPerSecond
            result.videos[index].frameCount = frames.flatMap { Int(row[$0]) } ?? result.videos[index].frameCount
            result.videos[index].subset = subset.map { row[$0] } ?? result.videos[index].subset
        }
        if !isUsed, let first = videos.first, let other = rows.keys.min() {
            throw FileError.malformed(
                path: path,
                problem:
                    "the table names none of the \(videos.count) videos: it calls them such as '\(other)', the annotations "
                    + "such as '\(first.id)'")
        }
        return result
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
