import Files

/// Audacity's label track (https://manual.audacityteam.org/man/importing_and_exporting_labels.html): `start end label` between tabs, in seconds. A line
/// that begins with a backslash gives frequencies of the label before it.
extension AnnotationFormat {
    static let audacity = AnnotationFormat(
        name: "audacity", title: "Audacity labels (.txt)", fileExtension: "txt", holdsOneVideo: true,
        recognizes: { file in
            let lines = file.startLines.dropLast(file.isWhole ? 0 : 1).prefix(50).filter {
                !$0.isEmpty && $0.first != "\\"
            }
            return !lines.isEmpty && lines.allSatisfy { Audacity.fields($0) != nil }
        },
        read: Audacity.read, write: Audacity.write)
}

private enum Audacity {
    static func fields(_ line: Substring) -> (Double, Double, String)? {
        let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, let start = TimeText.number(parts[0]), let end = TimeText.number(parts[1]) else {
            return nil
        }
        return (start, end, parts.count > 2 ? TextDecoding.trimmed(parts[2]) : "")
    }

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        for (index, line) in try file.lines().enumerated() where !line.isEmpty && line.first != "\\" {
            guard let (start, end, label) = fields(line) else {
                throw file.malformed(index + 1, "expected start, end and label between tabs")
            }
            if start == end {
                collector.tally.add(.point, at: label)
            } else {
                collector.add(start, end, label, to: video)
            }
        }
        return collector.set(.audacity)
    }

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set)
        var text = ""
        for item in set.videos.first?.segments ?? [] {
            losses.countFacts(of: item)
            text += "\(item.segment.start)\t\(item.segment.end)\t\(losses.oneLine(item.label))\n"
        }
        return Array(text.utf8)
    }
}
