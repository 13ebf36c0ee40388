import Files

/// The table of EPIC-Kitchens-100: labels are the numbers of verb and noun classes, or the narration.
enum EPICKitchensTable {
    static func read(_ table: CSVTable, _ options: ReadingOptions) throws -> AnnotationSet {
        let names = ["video_id", "start_timestamp", "stop_timestamp", "verb_class", "noun_class"]
        let columns = names.compactMap(table.column)
        let narration = table.column("narration")
        var collector = VideoCollector(), identifiers: [String: [Int]] = [:]
        var last: (name: String, index: Int)?
        for row in table.rows {
            guard row.count == table.header.count, let start = TimeText.seconds(row[columns[1]]),
                let end = TimeText.seconds(row[columns[2]]), let verb = Int(row[columns[3]]),
                let noun = Int(row[columns[4]])
            else {
                collector.tally.add(.unusableEntry, at: row.first ?? "")
                continue
            }
            let numbers: [Int]
            switch options.labelField {
            case .verb: numbers = [verb]
            case .noun: numbers = [noun]
            case .action: numbers = [verb, noun]
            case .narration: numbers = []
            }
            let text = numbers.map(String.init).joined(separator: ",")
            let label = numbers.isEmpty ? narration.map { row[$0] } ?? "" : text
            if !numbers.isEmpty, identifiers[label] == nil { identifiers[label] = numbers }
            // The rows of a video stand together.
            let name = row[columns[0]]
            let index = last?.name == name ? last?.index : nil
            let video = index ?? collector.index(of: VideoID.normal(name))
            last = (name, video)
            collector.add(start, end, label, to: video)
        }
        var set = collector.set(.epicKitchens)
        if !identifiers.isEmpty {
            set.labels = identifiers.sorted { $0.value.lexicographicallyPrecedes($1.value) }.map(\.key)
            set.labelOrder = .identifier
        }
        return set
    }
}

/// Charades' official table: `actions` is `c092 11.90 21.20;c147 0.00 12.60`.
enum CharadesTable {
    static func read(_ table: CSVTable) throws -> AnnotationSet {
        let columns = ["id", "actions", "length"].compactMap(table.column)
        var collector = VideoCollector()
        for row in table.rows {
            guard row.count == table.header.count else {
                collector.tally.add(.unusableEntry, at: row.first ?? "")
                continue
            }
            let index = collector.index(of: VideoID.normal(row[columns[0]]))
            collector[index].duration = CSVTable.measure(row[columns[2]])
            for entry in row[columns[1]].split(separator: ";") {
                let parts = entry.split(separator: " ")
                guard parts.count == 3, let start = Double(parts[1]), let end = Double(parts[2]) else {
                    collector.tally.add(.unusableEntry, at: row[columns[0]])
                    continue
                }
                collector.add(start, end, String(parts[0]), to: index)
            }
        }
        return collector.set(.charadesTable)
    }
}
