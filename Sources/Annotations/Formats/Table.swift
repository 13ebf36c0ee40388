import Files

/// Tables of one segment a row (csv and tsv), with usual names of columns in any order, and those of the data sets: EPIC-Kitchens,
/// THUMOS14, TSP, Charades, CrossTask, 50Salads, HACS clips.
extension AnnotationFormat {
    static let csv = AnnotationFormat(
        name: "csv", title: "csv table", fileExtension: "csv",
        recognizes: { Table.isTable($0) && $0.fileExtension != "tsv" },
        read: { try Table.read($0, $1, delimiter: nil) },
        write: { set, options, losses in Table.write(set, delimiter: ",", &losses) })

    static let tsv = AnnotationFormat(
        name: "tsv", title: "table with tabs (.tsv)", fileExtension: "tsv",
        recognizes: { Table.isTable($0) },
        read: { try Table.read($0, $1, delimiter: $0.startText?.contains("\t") == true ? UInt8(ascii: "\t") : nil) },
        write: { set, options, losses in Table.write(set, delimiter: "\t", &losses) })

    /// JSON that is a list of rows, as Create ML takes them.
    static let rows = AnnotationFormat(
        name: "rows", title: "JSON list of segments",
        recognizes: { file in
            if Table.isLines(file) { return TableColumns.find(header: Array(file.sketch.keys[0]), rows: []) != nil }
            guard file.sketch.top == .array else { return false }
            return TableColumns.find(header: Array(file.sketch.keys[1]), rows: []) != nil
        },
        read: Table.readRows)
}

enum Table {
    static func isTable(_ file: SourceFile) -> Bool {
        guard file.startText != nil, file.sketch.top == .other else { return false }
        var start = file.start
        if !file.isWhole, let end = start.lastIndex(of: UInt8(ascii: "\n")) { start = Array(start[...end]) }
        guard let table = try? TableText.table(start, path: file.path, delimiter: nil) else { return false }
        return layout(of: table) != nil || TableColumns.find(header: table.header, rows: table.rows) != nil
    }

    static func read(_ file: SourceFile, _ options: ReadingOptions, delimiter: UInt8?) throws -> AnnotationSet {
        let table = try TableText.table(file.bytes(), path: file.path, delimiter: delimiter)
        let set = try read(table, file, options)
        guard let name = options.groupColumn else { return set }
        return try set.grouped(by: name, of: table, path: file.path)
    }

    private static func read(
        _ table: CSVTable, _ file: SourceFile, _ options: ReadingOptions
    ) throws -> AnnotationSet {
        if let layout = layout(of: table) {
            switch layout {
            case .epicKitchens: return try EPICKitchensTable.read(table, options)
            default: return try CharadesTable.read(table)
            }
        }
        guard let columns = TableColumns.find(header: table.header, rows: table.rows) else {
            throw FileError.malformed(
                path: file.path,
                problem: "neither JSON nor a table of a known layout (columns: "
                    + "\(table.header.prefix(12).joined(separator: ", "))); wanted are columns such as video, start, end, label"
            )
        }
        if !columns.isHeaderless, let name = columns.repeated(in: table.header) {
            throw FileError.malformed(
                path: file.path, line: 1, problem: "two columns are called '\(name)'; rename the one that is not meant")
        }
        return try read(
            columns.isHeaderless ? [table.header] + table.rows : table.rows, table.header, columns,
            place: { "line \(columns.isHeaderless ? $0 == 0 ? 1 : table.lines[$0 - 1] : table.lines[$0])" },
            thumosIDs: table.has("video", "type", "start", "end")
                || table.has("video-name", "t-init", "t-end", "label-idx"),
            file, options)
    }

    private static func layout(of table: CSVTable) -> AnnotationLayout? {
        if table.has("video_id", "start_timestamp", "stop_timestamp", "verb_class", "noun_class") {
            return .epicKitchens
        }
        if table.has("id", "actions", "length") { return .charadesTable }
        return nil
    }

    // MARK: - Rows

    private static func read(
        _ rows: [[String]], _ header: [String], _ columns: TableColumns, place: (Int) -> String, thumosIDs: Bool,
        _ file: SourceFile, _ options: ReadingOptions
    ) throws -> AnnotationSet {
        var collector = VideoCollector(), firstFailure: String?, isUsed = false
        let width = header.count
        let unit = options.unit ?? columns.unit
        let crossTask = CrossTaskName(stem: file.stem)
        let stem = crossTask?.video ?? file.stem
        let ids = places(of: columns.video, in: rows)
        for (number, row) in rows.enumerated() {
            func leaveOut(_ problem: @autoclosure () -> String) {
                collector.tally.add(.unusableEntry, at: place(number))
                if firstFailure == nil { firstFailure = "\(place(number)): \(problem())" }
            }
            // Tables that were joined bring their headers.
            if !columns.isHeaderless, row == header {
                collector.tally.add(.repeatedHeader, at: place(number))
                continue
            }
            guard row.count == width || columns.isHeaderless || row.count > width && row[width...].allSatisfy(\.isEmpty)
            else {
                leaveOut("\(row.count) cells instead of \(width)")
                continue
            }
            func cell(_ column: Int?) -> String? {
                column.flatMap { $0 < row.count ? TextDecoding.trimmed(row[$0]) : nil }.flatMap {
                    $0.isEmpty ? nil : $0
                }
            }
            if columns.video != nil, cell(columns.video) == nil {
                if !row.allSatisfy({ TextDecoding.trimmed($0).isEmpty }) { leaveOut("no video") }
                continue
            }
            let index = collector.index(of: cell(columns.video).map { ids[$0] ?? VideoID.normal($0) } ?? stem)
            if let text = cell(columns.videoDuration) {
                if let duration = TimeText.seconds(text), duration > 0, duration.isFinite {
                    collector[index].duration = duration
                } else {
                    let id = collector[index].id
                    collector.tally.add(.unusableDuration, at: "\(id): '\(text)'")
                }
            }
            collector[index].framesPerSecond =
                cell(columns.rate).flatMap(TimeText.number).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
                ?? collector[index].framesPerSecond
            collector[index].frameCount =
                cell(columns.frameCount).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
                ?? collector[index].frameCount
            if let subset = cell(columns.subset) {
                collector[index].subset = subset
            } else if columns.subset == nil, collector[index].subset.isEmpty {
                collector[index].subset = thumosSubset(collector[index].id)
            }
            if cell(columns.kind) ?? "Action" != "Action" || cell(columns.negative) == "-1" {
                isUsed = true
                collector.note(.gap, at: index)
                continue
            }
            if columns.rowNumber != nil { collector.tally.add(.rowNumber, at: place(number)) }
            if let list = columns.list {
                isUsed = true
                addList(cell(list) ?? "", to: index, &collector)
                continue
            }
            /// Seconds of a cell; `skipped` is the number of the first frame.
            func time(_ column: Int?, _ unit: TimeUnit, skipped: Double = 0) throws -> Double? {
                guard let text = cell(column) else { return nil }
                func rate() throws -> Double {
                    try options.rate(
                        collector[index].framesPerSecond, of: file,
                        "times are numbers of frames" + (columns.rate == nil ? "" : " (\(place(number)))"))
                }
                // A clock is in seconds, whatever the unit of plain numbers.
                guard let value = TimeText.seconds(text), !text.contains(":") else {
                    return try TimeText.seconds(text) ?? TimeText.timeCode(text, rate: rate)
                }
                return unit == .frames ? (value - skipped) / (try rate()) : value * (unit.scale ?? 1)
            }
            let last = columns.end ?? columns.length
            guard let begin = try time(columns.start, unit, skipped: columns.isHeaderless ? 1 : 0),
                let value = try time(
                    last, columns.end == nil ? columns.lengthUnit ?? unit : unit,
                    skipped: columns.isEndIncluded ? -1 : 0)
            else {
                leaveOut(
                    "expected times such as 12.5, 1:02.5 or 00:01:02.500 in \(name(columns.start, header)) and \(name(last, header)), not "
                        + "'\(cell(columns.start) ?? "")' and '\(cell(last) ?? "")'")
                continue
            }
            isUsed = true
            let score = cell(columns.score)
            if let score, TimeText.number(score) == nil {
                collector.tally.add(.unreadableScore, at: "\(place(number)): '\(score)'")
            }
            collector.add(
                begin, columns.end == nil ? begin + value : value,
                labelText(row, columns, cell, options, crossTask, thumosIDs: thumosIDs), to: index,
                score: score.flatMap(TimeText.number), tier: cell(columns.tier))
        }
        if let firstFailure, !isUsed {
            throw FileErrorKind.malformed(file, "no row can be used; \(firstFailure)")
        }
        let isTHUMOS = thumosIDs
        return collector.set(columns.kind != nil ? .tsp : isTHUMOS ? .thumosTable : .table)
    }

    /// The ids of videos that are named by paths and addresses.
    private static func places(of column: Int?, in rows: [[String]]) -> [String: String] {
        guard let column else { return [:] }
        let cells = rows.lazy.compactMap { $0.indices.contains(column) ? $0[column] : nil }
        return VideoID.ofPlaces(
            cells.filter { $0.utf8.contains(UInt8(ascii: "/")) || $0.utf8.contains(UInt8(ascii: "\\")) }
                .map { TextDecoding.trimmed($0) })
    }

    private static func name(_ column: Int?, _ header: [String]) -> String {
        column.map { "'\(header[$0])'" } ?? "no column"
    }

    /// The label of a row.
    private static func labelText(
        _ row: [String], _ columns: TableColumns, _ cell: (Int?) -> String?, _ options: ReadingOptions,
        _ crossTask: CrossTaskName?, thumosIDs: Bool
    ) -> String {
        var label = cell(columns.label) ?? ""
        // A verb and a noun are one action.
        if columns.noun != nil, options.labelField != .verb {
            let noun = cell(columns.noun) ?? ""
            label = options.labelField == .noun || label.isEmpty ? noun : noun.isEmpty ? label : "\(label) \(noun)"
        }
        if let crossTask, !label.isEmpty { return crossTask.label(label) }
        return label == "-1" && thumosIDs ? "Ambiguous" : label
    }

    private static func addList(_ cell: String, to index: Int, _ collector: inout VideoCollector) {
        let entries = TableColumns.list(cell)
        if entries.isEmpty, !cell.isEmpty { collector.note(.unusableEntry, at: index) }
        for entry in entries { collector.add(entry.start, entry.end, entry.label, to: index) }
    }

    /// THUMOS14 says the subset in the id.
    private static func thumosSubset(_ id: String) -> String {
        id.hasPrefix("video_test_") ? "test" : id.hasPrefix("video_validation_") ? "validation" : ""
    }

    static func readRows(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let objects = try isLines(file) ? lines(file) : file.tree().elements
        var header: [String] = [], known: Set<String> = []
        for object in objects { for (key, _) in object.members where known.insert(key).inserted { header.append(key) } }
        guard header.count <= 1000 else {
            throw FileErrorKind.malformed(file, "more than 1000 different keys in a list of objects")
        }
        let rows = objects.map { object in
            let values = Dictionary(object.members.map { ($0.key, $0.value.text ?? "") }) { $1 }
            return header.map { values[$0] ?? "" }
        }
        guard let columns = TableColumns.find(header: header, rows: rows), !columns.isHeaderless else {
            throw FileError.malformed(
                path: file.path,
                problem: "a list of objects without times (keys: \(header.prefix(12).joined(separator: ", ")))")
        }
        return try read(
            rows, header, columns, place: { "entry \($0 + 1)" }, thumosIDs: false, file, options)
    }

    /// Whether each line is an object of its own.
    static func isLines(_ file: SourceFile) -> Bool {
        file.sketch.top == .object && file.startLines.prefix(3).filter { !$0.isEmpty }.count > 1
            && file.startLines.prefix(2).allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }
    }

    private static func lines(_ file: SourceFile) throws -> [JSONTree] {
        try file.lines().enumerated().compactMap { number, line in
            if TextDecoding.trimmed(line).isEmpty { return nil }
            var json = JSONReader(ByteSource(bytes: Array(line.utf8), path: "\(file.path), line \(number + 1)"))
            let value = try JSONTree(&json)
            try json.finish()
            return value
        }
    }

    // MARK: - Writing

    static func write(_ set: AnnotationSet, delimiter: String, _ losses: inout Losses) -> [UInt8] {
        let hasScore = set.videos.contains { $0.segments.contains { $0.score != nil } }
        let hasTier = set.videos.contains { $0.segments.contains { $0.tier != nil } }
        let hasSubset = set.videos.contains { !$0.subset.isEmpty }
        let hasDuration = set.videos.contains { $0.duration != nil }
        let hasRate = set.videos.contains { $0.framesPerSecond != nil }
        let hasCount = set.videos.contains { $0.frameCount != nil }
        var header = ["video", "start", "end", "label"]
        if hasScore { header.append("score") }
        if hasTier { header.append("tier") }
        if hasSubset { header.append("subset") }
        if hasDuration { header.append("video_duration") }
        if hasRate { header.append("fps") }
        if hasCount { header.append("video_frames") }
        var text = header.joined(separator: delimiter) + "\n"
        var quotedLabels: [String: String] = [:]
        for video in set.videos {
            if video.segments.isEmpty { losses.add(.videoWithoutSegments) }
            let id = quoted(video.id, delimiter)
            var facts = ""
            if hasSubset { facts += delimiter + quoted(video.subset, delimiter) }
            if hasDuration { facts += delimiter + (video.duration.map { "\($0)" } ?? "") }
            if hasRate { facts += delimiter + (video.framesPerSecond.map { "\($0)" } ?? "") }
            if hasCount { facts += delimiter + (video.frameCount.map { "\($0)" } ?? "") }
            for item in video.segments {
                let label = quotedLabels[item.label] ?? quoted(item.label, delimiter)
                quotedLabels[item.label] = label
                text += id
                text += delimiter
                text += item.segment.start.description
                text += delimiter
                text += item.segment.end.description
                text += delimiter
                text += label
                if hasScore {
                    text += delimiter
                    if let score = item.score { text += score.description }
                }
                if hasTier { text += delimiter + quoted(item.tier ?? "", delimiter) }
                text += facts
                text += "\n"
            }
        }
        return Array(text.utf8)
    }

    private static func quoted(_ text: String, _ delimiter: String) -> String {
        let special = text.utf8.contains { $0 == 0x22 || $0 == 0x0A || $0 == 0x0D || $0 == delimiter.utf8.first }
        let hasEdge = text.first?.isWhitespace == true || text.last?.isWhitespace == true
        return special || hasEdge ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

/// A name such as `113766_0_4GDnbHE6M` of CrossTask: the number of a task and the video.
struct CrossTaskName {
    let task: String
    let video: String

    init?(stem: String) {
        guard let match = stem.wholeMatch(of: /(\d{4,7})_(.{11})/) else { return nil }
        task = String(match.output.1)
        video = String(match.output.2)
    }

    /// Step numbers restart in each task.
    func label(_ step: String) -> String { "\(task)_\(step)" }
}
