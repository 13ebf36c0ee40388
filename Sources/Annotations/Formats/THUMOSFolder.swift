/// THUMOS14 as released: a text file a class, `video start end` a line. The class is the name of the file without `_val` or `_test`.
extension AnnotationFormat {
    static let thumosFolder = AnnotationFormat(
        name: "thumos", title: "THUMOS14 text files (a folder, or one class)",
        recognizes: { file in
            let lines = file.startLines.dropLast(file.isWhole ? 0 : 1).filter { !$0.isEmpty }
            return !lines.isEmpty && lines.prefix(50).allSatisfy { THUMOSText.entry($0) != nil }
        },
        read: { file, _ in
            var collector = VideoCollector()
            try THUMOSText.read(file, into: &collector)
            return collector.set(.thumosFolder)
        })
}

enum THUMOSText {
    static func entry(_ line: Substring) -> (String, Double, Double)? {
        let fields = line.split { $0 == " " || $0 == "\t" }
        guard fields.count == 3, fields[0].hasPrefix("video_"), let start = Double(fields[1]),
            let end = Double(fields[2])
        else { return nil }
        return (String(fields[0]), start, end)
    }

    static func read(_ file: SourceFile, into collector: inout VideoCollector) throws {
        var label = file.stem
        for ending in ["_val", "_validation", "_test"] where label.hasSuffix(ending) { label.removeLast(ending.count) }
        for (number, line) in try file.lines().enumerated() where !TextDecoding.trimmed(line).isEmpty {
            guard let (video, start, end) = entry(line) else {
                throw file.malformed(number + 1, "expected video, start and end")
            }
            let index = collector.index(of: VideoID.normal(video))
            collector[index].subset =
                video.hasPrefix("video_test_") ? "test" : video.hasPrefix("video_validation_") ? "validation" : ""
            collector.add(start, end, label, to: index)
        }
    }
}
