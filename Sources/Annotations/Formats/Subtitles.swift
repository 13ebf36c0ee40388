import Files
import Foundation

/// Subtitles as annotations, the text of a cue as its label: WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip. Marks of style are no
/// part of a label; the speaker that WebVTT names is the tier.
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
                line.contains("-->") && Subtitles.times(line) != nil
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
                if isWebVTT, isBlock(line) {
                    while index < lines.count, !isBlank(lines[index]) { index += 1 }
                }
                index += 1
                continue
            }
            guard let (start, end) = times(line) else { throw file.malformed(index + 1, "no two times around '-->'") }
            index += 1
            var text: [String] = []
            while index < lines.count, times(lines[index]) == nil {
                if isBlank(lines[index]) {
                    // In SubRip a text may have empty lines; the next cue begins with its number and times.
                    guard !isWebVTT, let next = lines[index...].firstIndex(where: { !isBlank($0) }), !isCue(lines, next)
                    else { break }
                    index = next
                    continue
                }
                if lines[index].contains("-->"), lines[index].prefixMatch(of: /\s*\d+:\d/) != nil {
                    throw file.malformed(index + 1, "no two times around '-->'")
                }
                // Some programs leave out the empty line between cues.
                if Int(TextDecoding.trimmed(lines[index])) != nil, isCue(lines, index) { break }
                text.append(TextDecoding.trimmed(lines[index]))
                index += 1
            }
            let (label, tier) = plain(text.joined(separator: " "), isWebVTT: isWebVTT)
            collector.add(start, end, label, to: video, tier: tier)
        }
        return collector.set(isWebVTT ? .webVTT : .subRip)
    }

    /// Whether times stand on a line, or on the one after it.
    private static func isCue(_ lines: [Substring], _ index: Int) -> Bool {
        times(lines[index]) != nil || index + 1 < lines.count && times(lines[index + 1]) != nil
    }

    private static func isBlank(_ line: Substring) -> Bool { TextDecoding.trimmed(line).isEmpty }

    /// Whether a block of WebVTT that is no cue begins here; the name of a cue may begin with the same letters.
    private static func isBlock(_ line: Substring) -> Bool {
        let words = line.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == " " || $0 == "\t" }
        return words.first == "NOTE" || words.first == "STYLE" || words.first == "REGION"
    }

    /// A text without marks of style, and the speaker it names.
    private static func plain(_ text: String, isWebVTT: Bool) -> (label: String, speaker: String?) {
        guard text.contains("<") || text.contains("{\\") || text.contains("&") else { return (text, nil) }
        guard isWebVTT else {
            // Only what is opened and closed is a mark: a label may hold a '<b>' of its own.
            var label = text.replacing(/\{\\[a-z][^{}]*\}/, with: "")
            while let match = label.firstMatch(of: /<([biusBIUS]|font|FONT)(?: [^<>]*)?>(.*?)<\/\1>/) {
                label.replaceSubrange(match.range, with: match.output.2)
            }
            return (TextDecoding.trimmed(label), nil)
        }
        let speaker = text.firstMatch(of: /<v(?:\.[^ <>]*)? ([^<>]+)>/).map { TextDecoding.trimmed($0.output.1) }
        let bare = text.replacing(/<\/?[a-zA-Z0-9.:][^<>]*>|<\/?>/, with: "")
        return (TextDecoding.trimmed(MarkupText.decoded(bare) ?? bare), speaker.flatMap { MarkupText.decoded($0) })
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
                if plain(label, isWebVTT: false).label != label { losses.add(.changedLabel) }
                text += "\(number + 1)\n"
            }
            text += "\(start) --> \(end)\n\(label)\n\n"
        }
        return Array(text.utf8)
    }
}
