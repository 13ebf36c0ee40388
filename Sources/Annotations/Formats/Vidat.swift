import Files

/// Vidat (https://github.com/anucvml/vidat): `annotation.actionAnnotationList` in seconds, names in `config.actionLabelData`.
extension AnnotationFormat {
    static let vidat = AnnotationFormat(
        name: "vidat", title: "Vidat (.json)",
        recognizes: {
            $0.sketch.has("annotation") && $0.sketch.has(atDepth: 1, "video")
                && ($0.sketch.has("config") || $0.sketch.mentions("actionAnnotationList")
                    || $0.sketch.mentions("keyframeList"))
        },
        read: Vidat.read)
}

private enum Vidat {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let tree = try file.tree()
        guard let annotation = tree["annotation"], let list = annotation["actionAnnotationList"] else {
            throw FileErrorKind.malformed(file, "no 'actionAnnotationList' in 'annotation'")
        }
        var names: [String: String] = [:]
        for entry in tree["config"]?["actionLabelData"]?.elements ?? [] {
            if let id = entry["id"]?.text, let name = entry["name"]?.string { names[id] = name }
        }
        var collector = VideoCollector()
        let video = annotation["video"]
        let index = collector.index(of: video?["src"]?.string.map(VideoID.ofFile) ?? file.stem)
        collector[index].duration = video?["duration"]?.number.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        collector[index].framesPerSecond = video?["fps"]?.number.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        collector[index].frameCount = video?["frames"]?.number.flatMap { Int(exactly: $0) }
        for entry in list.elements {
            guard let start = entry["start"]?.seconds, let end = entry["end"]?.seconds else {
                collector.tally.add(.unusableEntry, at: file.stem)
                continue
            }
            let action = entry["action"]?.text ?? ""
            collector.add(start, end, names[action] ?? action, to: index)
        }
        return collector.set(.vidat)
    }
}
