import Files

/// Praat's TextGrid in its long and short form (https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html): interval tiers whose empty texts
/// mean no label. Both forms are one list of numbers and quoted texts; what stands around them in the long form is for people.
extension AnnotationFormat {
    static let praat = AnnotationFormat(
        name: "praat", title: "Praat TextGrid", fileExtension: "TextGrid", holdsOneVideo: true,
        recognizes: { file in
            guard let text = file.startText?.prefix(300) else { return false }
            return text.contains("ooTextFile") && text.contains("TextGrid")
        },
        read: Praat.read, write: Praat.write)
}

private enum Praat {
    private static let mostIntervals = 50_000_000

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var values = Values(file: file, text: try file.text())
        try values.expectHeader()
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        _ = try values.number()
        let end = try values.number()
        if end > 0, end.isFinite { collector[video].duration = end }
        guard values.acceptFlag() else { return collector.set(.praat) }
        for _ in 0..<(try values.count(limit: 100_000)) {
            let kind = try values.string(), tier = try values.string()
            _ = try values.number()
            _ = try values.number()
            let isInterval = kind == "IntervalTier"
            guard isInterval || kind == "TextTier" else { throw values.failure("a tier of the kind '\(kind)'") }
            for _ in 0..<(try values.count(limit: mostIntervals)) {
                let start = try values.number()
                let stop = isInterval ? try values.number() : start
                let text = TextDecoding.trimmed(try values.string())
                if !isInterval {
                    collector.tally.add(.point, at: tier)
                } else if !text.isEmpty {
                    collector.add(start, stop, text, to: video, tier: tier)
                }
            }
        }
        return collector.set(.praat)
    }

    /// The numbers, texts and flags of a file in their order.
    private struct Values {
        let file: SourceFile
        let bytes: [UInt8]
        var position = 0

        init(file: SourceFile, text: String) {
            self.file = file
            bytes = Array(text.utf8)
        }

        func failure(_ problem: String) -> any Error {
            file.malformed(bytes.prefix(position).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }, problem)
        }

        mutating func expectHeader() throws {
            guard try string().hasPrefix("ooTextFile"), try string() == "TextGrid" else {
                throw failure("expected a TextGrid")
            }
        }

        /// The next quoted text, in which a doubled quote stands for one.
        mutating func string() throws -> String {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += 1 }
            position += 1
            var text: [UInt8] = []
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "\"") {
                    position += 1
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                        return String(decoding: text, as: UTF8.self)
                    }
                }
                text.append(bytes[position])
                position += 1
            }
            throw failure("the file ends where a text is expected")
        }

        /// The next number that stands by itself: not inside brackets or quotes, and not part of a word.
        mutating func number() throws -> Double {
            while position < bytes.count {
                let byte = bytes[position]
                if byte == UInt8(ascii: "[") {
                    while position < bytes.count, bytes[position] != UInt8(ascii: "]") { position += 1 }
                } else if byte == UInt8(ascii: "\"") {
                    throw failure("a text where a number is expected")
                } else if isStartOfNumber {
                    let begin = position
                    while position < bytes.count, !Self.isSpace(bytes[position]) { position += 1 }
                    guard let value = Double(String(decoding: bytes[begin..<position], as: UTF8.self)), value.isFinite
                    else {
                        throw failure(
                            "'\(String(decoding: bytes[begin..<min(position, begin + 40)], as: UTF8.self))' where a number is expected"
                        )
                    }
                    return value
                }
                position += 1
            }
            throw failure("the file ends where a number is expected")
        }

        private var isStartOfNumber: Bool {
            let byte = bytes[position]
            guard byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "-") else { return false }
            return position == 0 || Self.isSpace(bytes[position - 1])
        }

        mutating func count(limit: Int) throws -> Int {
            let value = try number()
            guard let count = Int(exactly: value), count >= 0, count <= limit, count <= bytes.count else {
                throw failure("a count of \(value)")
            }
            return count
        }

        /// Whether `<exists>` comes next.
        mutating func acceptFlag() -> Bool {
            while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
            let flag = Array("<exists>".utf8)
            guard bytes[min(position, bytes.count)...].starts(with: flag) else { return false }
            position += flag.count
            return true
        }

        private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D }
    }

    // MARK: - Writing

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set, holdsDuration: true)
        let video = set.videos.first ?? AnnotatedVideo(id: "")
        let end = max(video.duration ?? 0, video.segments.map(\.segment.end).max() ?? 0)
        // Intervals of a tier may not overlap: what does goes into another tier of the same name with a number.
        var tiers: [(name: String, segments: [LabelledSegment])] = []
        for item in video.segments.sorted(by: { $0.segment.start < $1.segment.start }) {
            if item.score != nil { losses.add(.score) }
            guard item.segment.end > item.segment.start, item.segment.start >= 0 else {
                losses.add(.emptySegment)
                continue
            }
            let name = item.tier ?? "labels"
            var suffix = 1
            while true {
                let full = suffix == 1 ? name : "\(name) \(suffix)"
                guard let index = tiers.firstIndex(where: { $0.name == full }) else {
                    if suffix > 1 { losses.add(.movedTier) }
                    tiers.append((full, [item]))
                    break
                }
                if let last = tiers[index].segments.last, last.segment.end <= item.segment.start {
                    if suffix > 1 { losses.add(.movedTier) }
                    tiers[index].segments.append(item)
                    break
                }
                suffix += 1
            }
        }
        var text =
            "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = \(end)\ntiers? <exists>\n"
        text += "size = \(tiers.count)\nitem []:\n"
        func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
        for (index, tier) in tiers.enumerated() {
            var intervals: [(Double, Double, String)] = [], reached = 0.0
            for item in tier.segments {
                if item.segment.start > reached { intervals.append((reached, item.segment.start, "")) }
                intervals.append((item.segment.start, item.segment.end, item.label))
                reached = item.segment.end
            }
            if reached < end { intervals.append((reached, end, "")) }
            text += "    item [\(index + 1)]:\n        class = \"IntervalTier\"\n        name = \(quoted(tier.name))\n"
            text += "        xmin = 0\n        xmax = \(end)\n        intervals: size = \(intervals.count)\n"
            for (number, interval) in intervals.enumerated() {
                text += "        intervals [\(number + 1)]:\n            xmin = \(interval.0)\n"
                text += "            xmax = \(interval.1)\n            text = \(quoted(interval.2))\n"
            }
        }
        return Array(text.utf8)
    }
}
