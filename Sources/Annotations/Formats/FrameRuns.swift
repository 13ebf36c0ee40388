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
        var lines = try file.lines().filter { !$0.isEmpty }
        // MS-TCN writes what it recognised on one line below a heading.
        if lines.first?.hasPrefix(recognitionMark) == true {
            lines = lines.dropFirst().flatMap { $0.split(separator: " ") }
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

    static func isOneHot(_ file: SourceFile) -> Bool {
        let lines = file.startLines.prefix(12).dropLast(file.isWhole ? 0 : 1)
        guard let header = lines.first, lines.count >= 3 else { return false }
        let width = header.split(separator: ",", omittingEmptySubsequences: false).count
        return width >= 2
            && lines.dropFirst().allSatisfy { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false)
                return cells.count == width && Double(cells[0]) != nil
                    && cells.dropFirst().allSatisfy { ["0", "1", "0.0", "1.0"].contains($0) }
            } && Double(header.split(separator: ",").last ?? "0") == nil
    }

    static func readTable(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let rate = try options.rate(of: file, "a row is a frame")
        let table = try CSVTable(path: file.path, bytes: file.bytes())
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        collector[video].framesPerSecond = rate
        collector[video].frameCount = table.rows.count
        collector[video].duration = table.rows.isEmpty ? nil : Double(table.rows.count) / rate
        for (number, row) in table.rows.enumerated() where row.count != table.header.count {
            throw file.malformed(number + 2, "\(row.count) cells in place of \(table.header.count)")
        }
        var found: [(Range<Int>, String)] = []
        for column in table.header.indices.dropFirst() {
            runs(table.rows.lazy.map { Double($0[column]) == 1 }) { if $1 { found.append(($0, table.header[column])) } }
        }
        for (range, label) in found.sorted(by: {
            ($0.0.lowerBound, $0.0.upperBound) < ($1.0.lowerBound, $1.0.upperBound)
        }) {
            collector.add(Double(range.lowerBound) / rate, Double(range.upperBound) / rate, label, to: video)
        }
        return collector.set(.frameTable)
    }

    // MARK: - Writing

    /// A label a frame; frames without one are `background`. Where segments overlap the later one counts.
    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set, holdsDuration: true)
        let video = set.videos.first ?? AnnotatedVideo(id: "")
        let rate = try options.rate(of: video)
        let end = max(video.duration ?? 0, video.segments.map(\.segment.end).max() ?? 0)
        let count = max(0, options.frameCount(of: video) ?? Int(min(end * rate, 1e9).rounded(.up)))
        guard count < 100_000_000 else {
            throw FileError.unwritable(path: video.id, reason: "more than 100 million frames")
        }
        var frames = Array(repeating: "background", count: count)
        var isTaken = Array(repeating: false, count: count)
        for item in video.segments {
            losses.countFacts(of: item)
            let first = Int(min(max(0, (item.segment.start * rate).rounded()), Double(count)))
            let last = Int(min(max(0, (item.segment.end * rate).rounded()), Double(count)))
            if abs(Double(first) / rate - item.segment.start) > 1e-9
                || abs(Double(last) / rate - item.segment.end) > 1e-9
            {
                losses.add(.roundedTime)
            }
            guard first < last else {
                losses.add(.emptySegment)
                continue
            }
            if isTaken[first..<last].contains(true) { losses.add(.overlap) }
            let label = losses.oneLine(item.label)
            for frame in first..<last {
                frames[frame] = label
                isTaken[frame] = true
            }
        }
        return Array((frames.joined(separator: "\n") + "\n").utf8)
    }
}
