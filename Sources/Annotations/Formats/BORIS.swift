import Files

/// BORIS (https://www.boris.unito.it): tables of events or of segments, and the project file. A state is a pair of START and STOP of one subject and
/// behaviour; point events have no length.
extension AnnotationFormat {
    static let borisTable = AnnotationFormat(
        name: "boris", title: "BORIS tables of events (csv, tsv)",
        recognizes: { file in
            let lines = file.startLines.prefix(60)
            if lines.contains(where: {
                $0.contains("Behavior")
                    && ($0.contains("Start (s)") || $0.contains("Status") || $0.contains("Behavior type"))
            }) {
                return true
            }
            return !lines.isEmpty
                && lines.prefix(3).allSatisfy { line in
                    line.split(omittingEmptySubsequences: false) { $0 == "\t" || $0 == "," }.contains {
                        $0 == "STATE" || $0 == "POINT"
                    }
                }
        },
        read: BORIS.readTable)

    static let borisProject = AnnotationFormat(
        name: "boris-project", title: "BORIS project (.boris)",
        recognizes: { $0.sketch.has("behaviors_conf") || $0.sketch.has("observations", "subjects_conf") },
        read: BORIS.readProject)
}

private enum BORIS {
    /// Pairs of start and stop.
    private struct Pairs {
        private var open: [String: (start: Double, label: String, subject: String?)] = [:]

        /// The segment that ends with this event; nil where one begins.
        mutating func toggle(_ key: String, _ time: Double, _ label: String, _ subject: String?) -> Double? {
            if let event = open.removeValue(forKey: key) { return event.start }
            open[key] = (time, label, subject)
            return nil
        }

        func isOpen(_ key: String) -> Bool { open[key] != nil }
        var unpaired: [String] { open.values.map(\.label).sorted() }
    }

    // MARK: - Tables

    static func readTable(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let bytes = try file.bytes()
        // The head of an export may hold no separator at all, so the rows decide.
        let delimiter = bytes.contains(UInt8(ascii: "\t")) ? UInt8(ascii: "\t") : nil
        let table = try CSVTable(path: file.path, bytes: bytes, delimiter: delimiter)
        let rows = [table.header] + table.rows
        guard let headerIndex = rows.firstIndex(where: { row in row.contains { $0.hasPrefix("Behavior") } }) else {
            return try readWithoutHeader(rows, file)
        }
        let header = rows[headerIndex]
        func column(_ names: String...) -> Int? { names.lazy.compactMap { header.firstIndex(of: $0) }.first }
        guard let behaviour = column("Behavior") else { throw file.malformed(headerIndex + 1, "no column 'Behavior'") }
        var collector = VideoCollector()
        let media = column("Media file path", "Media file name", "Media file", "Source"), subject = column("Subject")
        let rate = column("FPS", "FPS (frame/s)"), length = column("Total length", "Media duration (s)")
        let type = column("Status", "Behavior type"), observation = column("Observation id")
        let head = rows[..<headerIndex].first { $0.first?.hasPrefix("Player #1") ?? false }
        let body = rows[(headerIndex + 1)...].filter { row in row.contains { !$0.isEmpty } }
        // Rows may be shorter than the header.
        func cell(_ column: Int?, _ row: [String]) -> String? {
            column.flatMap { row.indices.contains($0) && !row[$0].isEmpty ? row[$0] : nil }
        }
        func index(of row: [String]) -> Int {
            let name =
                cell(media, row) ?? head.flatMap { $0.count > 1 ? $0[1] : nil } ?? ""
            let index = collector.index(of: name.isEmpty ? cell(observation, row) ?? file.stem : videoID(name))
            if let rate, rate < row.count {
                collector[index].framesPerSecond = CSVTable.measure(row[rate]) ?? collector[index].framesPerSecond
            }
            if let length, length < row.count {
                collector[index].duration = CSVTable.measure(row[length]) ?? collector[index].duration
            }
            return index
        }
        func tier(_ row: [String]) -> String? {
            cell(subject, row).flatMap { $0 == "No focal subject" ? nil : $0 }
        }
        if let first = column("Start (s)", "Start"), let last = column("Stop (s)", "Stop") {
            for (number, row) in body.enumerated() {
                guard row.count > max(behaviour, first, last) else {
                    throw file.malformed(headerIndex + 2 + number, "a row with fewer cells than the header")
                }
                let index = index(of: row)
                if cell(type, row) == "POINT" {
                    collector.tally.add(.point, at: row[behaviour])
                } else if let start = TimeText.seconds(row[first]), let end = TimeText.seconds(row[last]) {
                    collector.add(start, end, row[behaviour], to: index, tier: tier(row))
                } else {
                    collector.tally.add(.unusableEntry, at: row[behaviour])
                }
            }
            return finished(collector)
        }
        guard let time = column("Time"), let type else {
            throw file.malformed(
                headerIndex + 1, "no columns of times ('Time' and 'Status', or 'Start (s)' and 'Stop (s)')")
        }
        var pairs = Pairs()
        for (number, row) in body.enumerated() {
            guard row.count > max(behaviour, time, type) else {
                throw file.malformed(headerIndex + 2 + number, "a row with fewer cells than the header")
            }
            let index = index(of: row), label = row[behaviour]
            guard row[type] != "POINT" else {
                collector.tally.add(.point, at: label)
                continue
            }
            guard let seconds = TimeText.seconds(row[time]) else {
                throw file.malformed(headerIndex + 2 + number, "a time of '\(row[time])'")
            }
            let key = [collector[index].id, cell(observation, row) ?? "", tier(row) ?? "", label].joined(
                separator: "\u{1F}")
            if row[type] == "STOP", !pairs.isOpen(key) {
                collector.tally.add(.unpaired, at: label)
            } else if let start = pairs.toggle(key, seconds, label, tier(row)) {
                collector.add(start, seconds, label, to: index, tier: tier(row))
            }
        }
        for label in pairs.unpaired { collector.tally.add(.unpaired, at: label) }
        return finished(collector)
    }

    /// Exports of single observations have no header: the cell STATE or POINT stands between behaviour and times.
    private static func readWithoutHeader(_ rows: [[String]], _ file: SourceFile) throws -> AnnotationSet {
        var collector = VideoCollector()
        var total: [String: Set<String>] = [:]
        for (number, row) in rows.enumerated() {
            guard let type = row.firstIndex(where: { $0 == "STATE" || $0 == "POINT" }), type >= 5, type + 2 < row.count,
                let start = TimeText.seconds(row[type + 1]), let end = TimeText.seconds(row[type + 2])
            else { throw file.malformed(number + 1, "expected a row of an export of aggregated events") }
            let index = collector.index(of: VideoID.ofFile(row[2]))
            total[row[0], default: []].insert(row[2])
            collector[index].framesPerSecond = CSVTable.measure(row[4])
            let label = row[type - 3], subject = row[type - 4]
            if row[type] == "POINT" {
                collector.tally.add(.point, at: label)
            } else {
                collector.add(
                    start, end, label, to: index, tier: subject.isEmpty || subject == "No focal subject" ? nil : subject
                )
                if total[row[0], default: []].count > 1 { collector.note(.joinedFiles, at: index) }
            }
        }
        return finished(collector)
    }

    /// The id of a file, which newer versions list with its player: `player #1:a.mp4`. Those of other players run beside it.
    private static func videoID(_ media: String) -> String {
        guard let match = media.prefixMatch(of: /player #\d+: ?/) else { return VideoID.ofFile(media) }
        return VideoID.ofFile(String(media[match.range.upperBound...].prefix { $0 != ";" }))
    }

    private static func finished(_ collector: VideoCollector) -> AnnotationSet { collector.set(.boris) }

    // MARK: - Project

    static func readProject(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let project = try file.tree()
        guard let observations = project["observations"], observations.isObject else {
            throw FileErrorKind.malformed(file, "no 'observations'")
        }
        let points = Set(
            (project["behaviors_conf"]?.members ?? []).compactMap { _, behaviour in
                behaviour["type"]?.string?.lowercased().contains("point") ?? false ? behaviour["code"]?.text : nil
            })
        var collector = VideoCollector()
        for (name, observation) in observations.members {
            let media = Media(observation)
            for file in media.all {
                let index = collector.index(of: VideoID.ofFile(file))
                collector[index].duration = media.lengths[file] ?? collector[index].duration
                collector[index].framesPerSecond = media.rates[file] ?? collector[index].framesPerSecond
            }
            for side in media.beside { collector.tally.add(.sideFile, at: VideoID.ofFile(side)) }
            var pairs = Pairs()
            let events = observation["events"]?.elements ?? []
            if media.first.isEmpty, !events.isEmpty { collector.tally.add(.noVideo, at: name) }
            for event in events {
                let cells = event.elements
                guard cells.count >= 3, let time = cells[0].number, let code = cells[2].text else {
                    collector.tally.add(.unusableEntry, at: name)
                    continue
                }
                guard !points.contains(code) else {
                    collector.tally.add(.point, at: code)
                    continue
                }
                let subject = cells[1].text ?? "", modifier = cells.count > 3 ? cells[3].text ?? "" : ""
                guard let start = pairs.toggle("\(subject)\u{1F}\(code)\u{1F}\(modifier)", time, code, subject) else {
                    continue
                }
                let (video, offset) = media.place(start)
                let index = collector.index(of: video.map(VideoID.ofFile) ?? VideoID.composed(name))
                collector.add(start - offset, time - offset, code, to: index, tier: subject.isEmpty ? nil : subject)
            }
            for label in pairs.unpaired { collector.tally.add(.unpaired, at: "\(label) in \(name)") }
        }
        return collector.set(.boris)
    }

    /// The files of an observation: those of one player run one after another, several players side by side.
    private struct Media {
        var first: [String] = []
        var beside: [String] = []
        var lengths: [String: Double] = [:]
        var rates: [String: Double] = [:]
        var all: [String] { first + beside }

        init(_ observation: JSONTree) {
            let players = (observation["file"]?.members ?? []).map { ($0.key, $0.value.elements.compactMap(\.string)) }
                .filter { !$0.1.isEmpty }.sorted { $0.0 < $1.0 }
            first = players.first?.1 ?? []
            beside = players.dropFirst().flatMap(\.1)
            for (file, value) in observation["media_info"]?["length"]?.members ?? [] { lengths[file] = value.number }
            for (file, value) in observation["media_info"]?["fps"]?.members ?? [] { rates[file] = value.number }
        }

        /// The file of the first player that runs at a time, and the length of those before it.
        func place(_ time: Double) -> (String?, Double) {
            var offset = 0.0
            for (index, file) in first.enumerated() {
                guard index + 1 < first.count, let length = lengths[file], time >= offset + length else {
                    return (file, offset)
                }
                offset += length
            }
            return (nil, 0)
        }
    }
}
