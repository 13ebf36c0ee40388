import Files

/// Label Studio (https://labelstud.io/guide/export): tasks with annotations, and the flat JSON-MIN. `timelinelabels` are frames from 1, the last
/// included; `labels` of audio and video regions are seconds.
extension AnnotationFormat {
    static let labelStudio = AnnotationFormat(
        name: "labelstudio", title: "Label Studio JSON and JSON-MIN", fileExtension: "json",
        countsFrames: true,
        recognizes: { file in
            let sketch = file.sketch
            let depth = sketch.top == .array ? 1 : 0
            if sketch.keys[depth].contains("data") || sketch.keys[depth].contains("task") {
                return ["annotations", "annotation", "predictions", "completions"].contains {
                    sketch.keys[depth].contains($0)
                }
            }
            return sketch.mentions("timelinelabels")
                || sketch.top == .array && sketch.has(atDepth: 1, "annotation_id", "annotator")
        },
        read: LabelStudio.read, write: LabelStudio.write)
}

private enum LabelStudio {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let tree = try file.tree()
        let tasks: [JSONTree]
        switch tree {
        case .array(let elements): tasks = elements
        case .object: tasks = [tree]
        default: throw FileErrorKind.malformed(file, "no list of tasks")
        }
        let known = rate(tree["project"]?["label_config"]?.string ?? tree["label_config"]?.string)
        var collector = VideoCollector()
        for (number, task) in tasks.enumerated() where task.isObject {
            let data = task["data"] ?? task["task"]?["data"]
            let index = collector.index(
                of: name(data ?? task)
                    ?? "\(file.stem)\(tasks.count > 1 ? "_\(task["id"]?.text ?? String(number))" : "")")
            guard data != nil else {
                try readMinimal(task, to: index, known, file, options, &collector)
                continue
            }
            let lists = (task["annotations"] ?? task["completions"])?.elements ?? task["annotation"].map { [$0] } ?? []
            let isCancelled: (JSONTree) -> Bool = {
                if case .boolean(true)? = $0["was_cancelled"] { true } else { false }
            }
            let chosen = lists.isEmpty ? task["predictions"]?.elements ?? [] : lists.filter { !isCancelled($0) }
            for list in chosen {
                for result in list["result"]?.elements ?? [] {
                    let score = result["score"]?.number ?? (lists.isEmpty ? list["score"]?.number : nil)
                    try readResult(result, score: score, to: index, known, file, options, &collector)
                }
            }
        }
        return collector.set(.labelStudio)
    }

    /// One region of a task.
    private static func readResult(
        _ result: JSONTree, score: Double?, to index: Int, _ known: Double?, _ file: SourceFile,
        _ options: ReadingOptions,
        _ collector: inout VideoCollector
    ) throws {
        let value = result["value"]
        switch result["type"]?.string {
        case "timelinelabels":
            try add(
                value?["ranges"]?.elements ?? [], labels(value?["timelinelabels"]), score, to: index, known, file,
                options, &collector)
        case "labels", "videolabels", "timeserieslabels", "paragraphlabels":
            guard let start = value?["start"]?.seconds, let end = value?["end"]?.seconds else { return }
            for label in labels(value?["labels"] ?? value?["timeserieslabels"]) {
                collector.add(start, end, label, to: index, score: score)
            }
        case "videorectangle", "rectanglelabels", "keypointlabels", "polygonlabels": collector.note(.boxes, at: index)
        default: break
        }
    }

    /// JSON-MIN: the results stand under the names of the tags.
    private static func readMinimal(
        _ task: JSONTree, to index: Int, _ known: Double?, _ file: SourceFile, _ options: ReadingOptions,
        _ collector: inout VideoCollector
    ) throws {
        for (_, value) in task.members {
            for region in value.elements {
                if let ranges = region["ranges"] {
                    try add(
                        ranges.elements, labels(region["timelinelabels"] ?? region["labels"]), nil, to: index, known,
                        file, options, &collector)
                } else if let start = region["start"]?.seconds, let end = region["end"]?.seconds {
                    for label in labels(region["labels"] ?? region["timeserieslabels"]) {
                        collector.add(start, end, label, to: index)
                    }
                }
            }
        }
    }

    private static func add(
        _ ranges: [JSONTree], _ labels: [String], _ score: Double?, to index: Int, _ known: Double?, _ file: SourceFile,
        _ options: ReadingOptions,
        _ collector: inout VideoCollector
    ) throws {
        for range in ranges {
            guard let first = range["start"]?.number, let last = range["end"]?.number else {
                collector.note(.unusableEntry, at: index)
                continue
            }
            let rate = try options.rate(known, of: file, "timeline labels are numbers of frames")
            for label in labels { collector.add((first - 1) / rate, last / rate, label, to: index, score: score) }
        }
    }

    private static func labels(_ value: JSONTree?) -> [String] {
        if let text = value?.string { return [text] }
        let labels = value?.elements.compactMap(\.text) ?? []
        return labels.isEmpty ? [""] : labels
    }

    /// The video of a task: the key `video`, else the first text that looks like a file.
    private static func name(_ data: JSONTree) -> String? {
        for key in ["video", "video_url", "url", "audio", "media"] {
            if let text = data[key]?.string, !text.isEmpty { return VideoID.ofFile(text) }
        }
        return data.members.compactMap(\.value.string).first { $0.contains("/") && $0.contains(".") }.map(
            VideoID.ofFile)
    }

    /// The frame rate in a label configuration.
    private static func rate(_ settings: String?) -> Double? {
        guard let match = settings?.firstMatch(of: /frame[rR]ate=["']([0-9.]+)["']/) else { return nil }
        return Double(match.output.1)
    }

    // MARK: - Writing

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        var tasks: [JSONValue] = []
        let isPrediction = set.videos.contains { $0.segments.contains { $0.score != nil } }
        for video in set.videos {
            let rate = try options.rate(of: video)
            var results: [JSONValue] = []
            losses.countFacts(of: video)
            for (index, item) in video.segments.enumerated() {
                if item.tier != nil { losses.add(.tier) }
                let first = max(0, (item.segment.start * rate).rounded()),
                    last = max(first + 1, (item.segment.end * rate).rounded())
                if abs(first / rate - item.segment.start) > 1e-9 || abs(last / rate - item.segment.end) > 1e-9 {
                    losses.add(.roundedTime)
                }
                var members: [(String, JSONValue)] = [
                    ("id", .string(String(index + 1))), ("type", .string("timelinelabels")),
                    ("from_name", .string("label")), ("to_name", .string("video")),
                    (
                        "value",
                        .object([
                            ("ranges", .array([.object([("start", .number(first + 1)), ("end", .number(last))])])),
                            ("timelinelabels", .array([.string(item.label)])),
                        ])
                    ),
                ]
                if let score = item.score { members.append(("score", .number(score))) }
                results.append(.object(members))
            }
            let list = JSONValue.array([.object([("result", .array(results))])])
            tasks.append(
                .object([
                    ("data", .object([("video", .string(video.id.contains(".") ? video.id : video.id + ".mp4"))])),
                    (isPrediction ? "predictions" : "annotations", list),
                ]))
        }
        return Array((JSONValue.array(tasks).text() + "\n").utf8)
    }
}
