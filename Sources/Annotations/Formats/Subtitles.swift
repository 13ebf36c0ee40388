import Files
import Foundation

/// Subtitles as annotations, the text of a cue as its label: WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip.
extension AnnotationFormat {
    static let webVTT = AnnotationFormat(
        name: "webvtt", title: "WebVTT subtitles", fileExtension: "vtt", holdsOneVideo: true,
        recognizes: { $0.startText?.hasPrefix("WEBVTT") ?? false },
        read: { file, _ in try Subtitles.read(file, isWebVTT: true) },
        write: { set, options, losses in Subtitles.write(set, isWebVTT: true, &losses) })

    static let subRip = AnnotationFormat(
        name: "srt", title: "SubRip subtitles (.srt)", fileExtension: "srt", holdsOneVideo: true,
        recognizes: { file in
            file.startLines.prefix(20).contains { line in
                line.contains(" --> ") && Subtitles.times(line) != nil
            }
        },
        read: { file, _ in try Subtitles.read(file, isWebVTT: false) },
        write: { set, options, losses in Subtitles.write(set, isWebVTT: false, &losses) })
}

private enum Subtitles {
    static func read(_ file: SourceFile, isWebVTT: Bool) throws -> AnnotationSet {
        let lines = try file.lines()
        var collector = VideoCollector()
        let video = collector.index(of: file.stem)
        var index = 0
        while index < lines.count {
            let line = lines[index]
            guard line.contains("-->") else {
                // A number or name of a cue, a note, a style: nothing of them is read.
                if isWebVTT, line.hasPrefix("NOTE") || line.hasPrefix("STYLE") || line.hasPrefix("REGION") {
                    while index < lines.count, !TextDecoding.trimmed(lines[index]).isEmpty { index += 1 }
                }
                index += 1
                continue
            }
            guard let (start, end) = times(line) else { throw file.malformed(index + 1, "no two times around '-->'") }
            index += 1
            var text: [String] = []
            while index < lines.count, !TextDecoding.trimmed(lines[index]).isEmpty {
                text.append(TextDecoding.trimmed(lines[index]))
                index += 1
            }
            let label = text.joined(separator: " ")
            collector.add(start, end, isWebVTT ? MarkupText.decoded(label) ?? label : label, to: video)
        }
        return collector.set(isWebVTT ? .webVTT : .subRip)
    }

    /// The two times of a line `start --> end settings`.
    static func times(_ line: Substring) -> (Double, Double)? {
        guard let arrow = line.range(of: "-->") else { return nil }
        let after = line[arrow.upperBound...].split(separator: " ").first?.split(separator: "\t").first ?? ""
        guard let start = TimeText.seconds(line[..<arrow.lowerBound]), let end = TimeText.seconds(after) else {
            return nil
        }
        return (start, end)
    }

    static func write(_ set: AnnotationSet, isWebVTT: Bool, _ losses: inout Losses) -> [UInt8] {
        losses.countVideoFacts(set)
        var text = isWebVTT ? "WEBVTT\n\n" : ""
        for (number, item) in (set.videos.first?.segments ?? []).enumerated() {
            losses.countFacts(of: item)
            let mark = isWebVTT ? "." : ","
            let start = TimeText.clock(losses.rounded(item.segment.start), decimalMark: mark)
            let end = TimeText.clock(losses.rounded(item.segment.end), decimalMark: mark)
            var label = losses.oneLine(item.label)
            if label.contains("-->") {
                losses.add(.changedLabel)
                label = label.replacing("-->", with: "->")
            }
            if isWebVTT {
                label = label.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            } else {
                text += "\(number + 1)\n"
            }
            text += "\(start) --> \(end)\n\(label)\n\n"
        }
        return Array(text.utf8)
    }
}
