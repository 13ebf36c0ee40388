import Files

/// NIST's time-marked conversation (`.ctm`): `source channel start duration word score` a line; comments begin with `;;`.
extension AnnotationFormat {
    static let ctm = AnnotationFormat(
        name: "ctm", title: "time-marked words (.ctm)",
        recognizes: { file in
            let lines = file.startLines.prefix(40).filter { !$0.isEmpty && !$0.hasPrefix(";;") }
            return file.startText.map { $0.hasPrefix(";;") || file.fileExtension == "ctm" } ?? false
                && lines.contains { CTM.fields($0).count >= 5 }
        },
        read: CTM.read)
}

private enum CTM {
    static func fields(_ line: Substring) -> [Substring] { line.split { $0 == " " || $0 == "\t" } }

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var collector = VideoCollector()
        for (index, line) in try file.lines().enumerated() where !line.hasPrefix(";;") {
            let fields = fields(line)
            // Alternatives are marked by lines whose times are stars.
            if fields.isEmpty { continue }
            if fields.count > 2, fields[2] == "*" {
                collector.tally.add(.alternative, at: String(fields[0]))
                continue
            }
            guard fields.count >= 5, let start = Double(fields[2]), let duration = Double(fields[3]) else {
                throw file.malformed(index + 1, "expected source, channel, start, duration and word")
            }
            let video = collector.index(of: VideoID.normal(String(fields[0])))
            collector.add(
                start, start + duration, String(fields[4]), to: video,
                score: fields.count > 5 ? Double(fields[5]).flatMap { $0.isFinite ? $0 : nil } : nil,
                tier: String(fields[1]))
        }
        return collector.set(.ctm)
    }
}
