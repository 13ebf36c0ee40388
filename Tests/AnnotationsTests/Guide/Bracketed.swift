import Files

@testable import Annotations

// The format that docs/add-an-annotation-format.md adds. Each of its code blocks is in this file.

/// Lines `[START,END]`, video and label between tabs, times in seconds.
extension AnnotationFormat {
    static let bracketed = AnnotationFormat(
        name: "bracketed", title: "bracketed times (.txt)", fileExtension: "txt",
        recognizes: { file in
            // The last line of the start may be cut.
            let lines = file.startLines.dropLast(file.isWhole ? 0 : 1).filter { !$0.isEmpty }
            return !lines.isEmpty && lines.allSatisfy { $0.hasPrefix("[") && Bracketed.fields($0) != nil }
        },
        read: Bracketed.read, write: Bracketed.write)
}

private enum Bracketed {
    static func fields(_ line: Substring) -> (start: Double, end: Double, video: Substring, label: Substring)? {
        let parts = line.split(separator: "\t", maxSplits: 2)
        guard parts.count == 3, parts[0].first == "[", parts[0].last == "]" else { return nil }
        let times = parts[0].dropFirst().dropLast().split(separator: ",").map { Double($0) }
        guard times.count == 2, let start = times[0], let end = times[1] else { return nil }
        return (start, end, parts[1], parts[2])
    }

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var collector = VideoCollector()
        for (index, line) in try file.lines().enumerated() where !line.isEmpty {
            guard let (start, end, video, label) = fields(line) else {
                throw file.malformed(index + 1, "expected [start,end], video and label between tabs")
            }
            collector.add(start, end, String(label), to: collector.index(of: VideoID.normal(String(video))))
        }
        return collector.set()
    }

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set)
        var text = ""
        for video in set.videos {
            for item in video.segments {
                losses.countFacts(of: item)
                let times = "[\(item.segment.start),\(item.segment.end)]"
                text += "\(times)\t\(losses.oneLine(video.id))\t\(losses.oneLine(item.label))\n"
            }
        }
        return Array(text.utf8)
    }
}
