import Files
import Foundation

/// JWatcher's focal data file (`.dat`, http://www.jwatcher.ucla.edu): a key and its time in milliseconds a line. Which keys end which
/// stands in another file, so a key is taken to hold until the next one, and that is said.
extension AnnotationFormat {
    static let jwatcher = AnnotationFormat(
        name: "jwatcher", title: "JWatcher focal data (.dat)",
        recognizes: { $0.startText?.hasPrefix("FirstLineOfData=") ?? false },
        read: JWatcher.read)
}

private enum JWatcher {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let lines = try file.lines()
        guard let first = lines.first.flatMap({ Int(TextDecoding.trimmed($0.dropFirst("FirstLineOfData=".count))) }),
            first > 0
        else { throw file.malformed(1, "expected the number of the first line of data") }
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        var open: (time: Double, key: String)?
        for (index, line) in lines.enumerated().dropFirst(first - 1) {
            let text = TextDecoding.trimmed(line)
            if text.isEmpty || text.hasPrefix("#") { continue }
            let parts = text.split(separator: ",", maxSplits: 1).map { TextDecoding.trimmed($0) }
            guard parts.count == 2, let milliseconds = Double(parts[0]) else {
                throw file.malformed(index + 1, "expected a time in milliseconds and a key")
            }
            let time = milliseconds / 1000
            if let event = open {
                collector.tally.add(.assumedEnd, at: event.key)
                collector.add(event.time, time, event.key, to: video)
            }
            open = parts[1] == "EOF" ? nil : (time, parts[1])
            if parts[1] == "EOF" { collector[video].duration = time }
        }
        if let open { collector.tally.add(.unpaired, at: open.key) }
        return collector.set(.jwatcher)
    }
}
