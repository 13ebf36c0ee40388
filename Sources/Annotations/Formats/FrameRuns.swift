import Files

/// Layouts that say a class for every frame: a segment is a run of one class.
extension AnnotationFormat {
    static let feral = AnnotationFormat(
        name: "feral", title: "class numbers of frames (.json)",
        recognizes: { $0.sketch.has("class_names", "labels") },
        read: FrameRuns.readNumbers)

    static let frameTable = AnnotationFormat(
        name: "frame-table", title: "table with a column of 0 and 1 for each class (.csv)",
        recognizes: { FrameRuns.isOneHot($0) },
        read: FrameRuns.readTable)

    static let frameLabels = AnnotationFormat(
        name: "frame-labels", title: "a label a frame (Breakfast, 50Salads, GTEA; .txt)", fileExtension: "txt",
        holdsOneVideo: true, countsFrames: true,
        recognizes: { file in
            if file.startLines.first?.hasPrefix(FrameRuns.recognitionMark) == true { return true }
            let lines = file.startLines.dropLast(file.isWhole ? 0 : 1)
            // Labels repeat from line to line: that is what tells them from any other list of words.
            guard lines.count >= 20, lines.allSatisfy({ $0.utf8.count < 100 && !$0.contains("\t") }) else {
                return false
            }
            return zip(lines, lines.dropFirst()).count(where: { $0 == $1 }) * 2 > lines.count
        },
        read: FrameRuns.readLabels, write: FrameRuns.write)
}

enum FrameRuns {
    /// The heading of MS-TCN's files of results.
    static let recognitionMark = "### Frame level recognition"

    /// Calls `body` for each run of equal values.
    private static func runs<Value: Equatable>(
        _ values: some Sequence<Value>, _ body: (Range<Int>, Value) throws -> Void
    ) rethrows {
        var current: (start: Int, value: Value)?, count = 0
        for value in values {
            if let run = current, run.value != value {
                try body(run.start..<count, run.value)
                current = (count, value)
            } else if current == nil {
                current = (count, value)
            }
            count += 1
        }
        if let run = current { try body(run.start..<count, run.value) }
    }

    static func readLabels(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let rate = try options.rate(of: file, "a line is a frame (15 a second in Breakfast and GTEA, 30 in 50Salads)")
        var lines = try file.lines()
        while let last = lines.last, TextDecoding.trimmed(last).isEmpty { lines.removeLast() }
        // MS-TCN writes what it recognised on one line below a heading.
        if lines.first?.hasPrefix(recognitionMark) == true {
            lines = lines.dropFirst().flatMap { $0.split(separator: " ") }
        }
        // Left out, an empty line would move all frames after it.
        if let empty = lines.firstIndex(where: { TextDecoding.trimmed($0).isEmpty }) {
            throw file.malformed(
                empty + 1, "an empty line, where every line is the label of a frame; write a word such as background")
        }
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        collector[video].framesPerSecond = rate
        collector[video].frameCount = lines.count
        collector[video].duration = Double(lines.count) / rate
        runs(lines) { range, label in
            collector.add(
                Double(range.lowerBound) / rate, Double(range.upperBound) / rate, TextDecoding.trimmed(label), to: video
            )
        }
        return collector.set(.frameLabels)
    }

    static func readNumbers(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let tree = try file.tree()
        let rate = try options.rate(tree["fps"]?.number, of: file, "labels are given for frames")
        guard let labels = tree["labels"], labels.isObject else { throw FileErrorKind.malformed(file, "no 'labels'") }
        let names = Dictionary((tree["class_names"]?.members ?? []).map { ($0.key, $0.value.text ?? "") }) { $1 }
        var subsets: [String: String] = [:]
        for (subset, list) in tree["splits"]?.members ?? [] {
            for name in list.elements.compactMap(\.string) { subsets[name] = subset }
        }
        var collector = VideoCollector()
        for (name, list) in labels.members {
            let video = collector.index(of: VideoID.normal(name))
            collector[video].subset = subsets[name] ?? ""
            collector[video].framesPerSecond = rate
            collector[video].frameCount = list.elements.count
            collector[video].duration = list.elements.isEmpty ? nil : Double(list.elements.count) / rate
            // Several classes at once are a list of 0 and 1 a frame.
            let classes = list.elements.first?.elements.count ?? 0
            func add(_ range: Range<Int>, _ label: String) {
                collector.add(
                    Double(range.lowerBound) / rate, Double(range.upperBound) / rate, names[label] ?? label, to: video)
            }
            if classes > 0 {
                guard list.elements.allSatisfy({ $0.elements.count == classes }) else {
                    throw FileErrorKind.malformed(file, "frames of '\(name)' with different numbers of classes")
                }
                for index in 0..<classes {
                    runs(list.elements.lazy.map { $0.elements[index].number ?? 0 > 0.5 }) {
                        if $1 { add($0, String(index)) }
                    }
                }
            } else {
                runs(list.elements.lazy.map { $0.text ?? "" }) { if !$1.isEmpty { add($0, $1) } }
            }
        }
        return collector.set(.frameNumbers)
    }

    // MARK: - One column a class

    private static let flags: Set<Substring> = ["0", "1", "0.0", "1.0"]

    static func isOneHot(_ file: SourceFile) -> Bool {
        let delimiter = Character(Unicode.Scalar(CSVTable.delimiter(of: file.start)))
        let lines = file.startLines.prefix(12).dropLast(file.isWhole ? 0 : 1).map {
            $0.split(separator: delimiter, omittingEmptySubsequences: false)
        }
        guard let header = lines.first, lines.count >= 3 else { return false }
        return header.count >= 2
            && lines.dropFirst().allSatisfy { cells in
                cells.count == header.count && Double(cells[0]) != nil && cells.dropFirst().allSatisfy(flags.contains)
            } && Double(header[header.count - 1]) == nil
    }

    static func readTable(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let table = try CSVTable(path: file.path, bytes: file.bytes())
        for (number, row) in table.rows.enumerated() where row.count != table.header.count {
            throw file.malformed(table.lines[number], "\(row.count) cells instead of \(table.header.count)")
        }
        let (begin, step) = try clock(of: table, file, options)
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        collector[video].duration = table.rows.isEmpty ? nil : begin + Double(table.rows.count) * step.seconds
        if step.isFrame {
            collector[video].framesPerSecond = 1 / step.seconds
            if begin == 0 { collector[video].frameCount = table.rows.count }
        }
        var found: [(Range<Int>, String)] = []
        for column in table.header.indices where column > 0 || !hasIndex(table) {
            runs(table.rows.lazy.map { Double($0[column]) == 1 }) { if $1 { found.append(($0, table.header[column])) } }
        }
        for (range, label) in found.sorted(by: {
            ($0.0.lowerBound, $0.0.upperBound) < ($1.0.lowerBound, $1.0.upperBound)
        }) {
            collector.add(
                begin + Double(range.lowerBound) * step.seconds, begin + Double(range.upperBound) * step.seconds, label,
                to: video)
        }
        return collector.set(.frameTable)
    }

    /// Whether the first column counts the rows and is no class.
    private static func hasIndex(_ table: CSVTable) -> Bool {
        let name = TableColumns.normal(table.header[0])
        return [
            "", "frame", "frames", "frameid", "frameindex", "framenumber", "index", "id", "time", "timestamp",
            "seconds", "t",
        ]
        .contains(name) || !table.rows.allSatisfy { flags.contains(Substring($0[0])) }
    }

    /// When the first row begins and how long a row lasts, in seconds, by the first column: numbers of frames, of which some may be
    /// left out evenly, or times.
    private static func clock(
        of table: CSVTable, _ file: SourceFile, _ options: ReadingOptions
    ) throws -> (begin: Double, step: (seconds: Double, isFrame: Bool)) {
        guard hasIndex(table), table.rows.count > 1 else {
            return (0, (1 / (try options.rate(of: file, "a row is a frame")), true))
        }
        let marks = try table.rows.enumerated().map { number, row in
            guard let value = Double(row[0]), value.isFinite else {
                throw file.malformed(table.lines[number], "'\(row[0])' where a number of a frame or a time is expected")
            }
            return value
        }
        let step = (marks[marks.count - 1] - marks[0]) / Double(marks.count - 1)
        for (number, mark) in marks.enumerated() where !(abs(marks[0] + Double(number) * step - mark) < 0.5 * abs(step))
        {
            throw file.malformed(
                table.lines[number],
                "'\(table.rows[number][0])' in the first column, whose steps are not even: a row would be of unknown length"
            )
        }
        guard step > 0 else { throw file.malformed(table.lines[0], "the first column does not go up") }
        let areTimes =
            options.unit?.scale != nil
            || ["time", "timestamp", "seconds", "t"].contains(TableColumns.normal(table.header[0]))
            || marks.contains { $0 != $0.rounded() }
        if areTimes, options.unit != .frames {
            let scale = options.unit?.scale ?? 1
            return (marks[0] * scale, (step * scale, false))
        }
        let rate = try options.rate(of: file, "a row is a frame")
        // DeepEthogram and others count from 0, MATLAB from 1: the first row is the first frame.
        let first = marks[0] <= 1 ? 0 : marks[0]
        return (first / rate, (step / rate, step == 1))
    }

    // MARK: - Writing

    /// A label a frame; frames without one are `background`. Where segments overlap the later one counts.
    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set, holdsDuration: true)
        let video = set.videos.first ?? AnnotatedVideo(id: "")
        let rate = try options.rate(of: video, for: .frameLabels)
        let end = max(video.duration ?? 0, video.segments.map(\.segment.end).max() ?? 0)
        let count = max(0, options.frameCount(of: video) ?? Int(min(end * rate, 1e9).rounded(.up)))
        guard count < 100_000_000 else {
            throw FileError.unwritable(path: video.id, reason: "more than 100 million frames")
        }
        // The number of the segment of each frame, from 1.
        var frames = Array(repeating: Int32(0), count: count), labels = [Array("background\n".utf8)]
        for item in video.segments {
            losses.countFacts(of: item)
            let (first, end) = losses.frames(of: item.segment, rate: rate, count: count, least: 0)
            guard first < end else {
                losses.add(.emptySegment)
                continue
            }
            if frames[first..<end].contains(where: { $0 > 0 }) { losses.add(.overlap) }
            labels.append(Array((losses.oneLine(item.label) + "\n").utf8))
            frames.withUnsafeMutableBufferPointer { $0[first..<end].update(repeating: Int32(labels.count - 1)) }
        }
        var text: [UInt8] = []
        text.reserveCapacity(count * labels[0].count)
        for frame in frames { text += labels[Int(frame)] }
        return text.isEmpty ? [UInt8(ascii: "\n")] : text
    }
}
