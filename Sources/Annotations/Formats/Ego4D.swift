import Files

/// Ego4D's moment queries as released (`moments_train.json`, https://ego4d-data.org/docs/annotations-schemas/): a clip is a video, times count from its
/// start. Of the labels of several annotators only the primary ones count, as in the benchmark.
extension AnnotationFormat {
    static let ego4d = AnnotationFormat(
        name: "ego4d-mq", title: "Ego4D moment queries (.json)",
        recognizes: { $0.sketch.has("videos") && $0.sketch.mentions("clip_uid") },
        read: Ego4D.read)
}

private enum Ego4D {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let tree = try file.tree()
        var collector = VideoCollector()
        for video in tree["videos"]?.elements ?? [] {
            let subset = (video["split"] ?? tree["split"])?.string ?? ""
            for clip in video["clips"]?.elements ?? [] {
                guard let id = clip["clip_uid"]?.string else {
                    collector.tally.add(.unusableEntry, at: video["video_uid"]?.string ?? "")
                    continue
                }
                let index = collector.index(of: id)
                collector[index].subset = subset
                if let start = clip["video_start_sec"]?.number, let end = clip["video_end_sec"]?.number, end > start {
                    collector[index].duration = end - start
                }
                for annotator in clip["annotations"]?.elements ?? [] {
                    for label in annotator["labels"]?.elements ?? [] {
                        guard let start = label["start_time"]?.number, let end = label["end_time"]?.number,
                            let name = label["label"]?.text
                        else {
                            collector.tally.add(.unusableEntry, at: id)
                            continue
                        }
                        if case .boolean(false)? = label["primary"] {
                            collector.tally.add(.secondary, at: id)
                        } else {
                            collector.add(start, end, name, to: index)
                        }
                    }
                }
            }
        }
        return collector.set(.ego4d)
    }
}
