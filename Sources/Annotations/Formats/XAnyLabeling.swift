import Files

/// The video classifier of X-AnyLabeling (https://github.com/CVHub520/X-AnyLabeling, docs/en/video_classifier.md): a file beside each video, times in
/// milliseconds.
extension AnnotationFormat {
    static let xAnyLabeling = AnnotationFormat(
        name: "x-anylabeling", title: "X-AnyLabeling video classifier (.json)",
        recognizes: {
            $0.sketch.has("segments", "video") && $0.sketch.mentions("start_ms")
                || $0.sketch.has("segments", "video", "duration_ms")
        },
        read: XAnyLabeling.read)
}

private enum XAnyLabeling {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let tree = try file.tree()
        guard let segments = tree["segments"] else { throw FileErrorKind.malformed(file, "no 'segments'") }
        var collector = VideoCollector()
        let index = collector.index(of: tree["video"]?.string.map(VideoID.ofFile) ?? file.stem)
        let rate = tree["fps"]?.number.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        collector[index].framesPerSecond = rate
        collector[index].duration = tree["duration_ms"]?.number.map { $0 / 1000 }.flatMap {
            $0 > 0 && $0.isFinite ? $0 : nil
        }
        for entry in segments.elements {
            let start = entry["start_ms"]?.number.map { $0 / 1000 }, end = entry["end_ms"]?.number.map { $0 / 1000 }
            guard let start, let end else {
                collector.note(.unusableEntry, at: index)
                continue
            }
            collector.add(start, end, entry["label"]?.text ?? "", to: index)
        }
        return collector.set(.xAnyLabeling)
    }
}
