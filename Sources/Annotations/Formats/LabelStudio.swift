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
        let names = names(tasks.map { ($0["data"] ?? $0["task"]?["data"]) ?? $0 })
        for (number, task) in tasks.enumerated() where task.isObject {
            let data = task["data"] ?? task["task"]?["data"]
            let index = collector.index(
                of: names[number]
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
            if !lists.isEmpty, chosen.count > 1 { collector.note(.severalAnnotators, at: index) }
            for (place, list) in chosen.enumerated() {
                let annotator = list["completed_by"]?["email"]?.text ?? list["completed_by"]?.text ?? String(place + 1)
                let tier = !lists.isEmpty && chosen.count > 1 ? annotator : nil
                for result in list["result"]?.elements ?? [] {
                    let score = result["score"]?.number ?? (lists.isEmpty ? list["score"]?.number : nil)
                    try readResult(result, (score, tier), to: index, known, file, options, &collector)
                }
            }
        }
        return collector.set(.labelStudio)
    }

    /// One region of a task.
    private static func readResult(
        _ result: JSONTree, _ mark: (score: Double?, tier: String?), to index: Int, _ known: Double?,
        _ file: SourceFile, _ options: ReadingOptions, _ collector: inout VideoCollector
    ) throws {
        let value = result["value"]
        switch result["type"]?.string {
        case "timelinelabels":
            try add(
                value?["ranges"]?.elements ?? [], labels(value?["timelinelabels"]), mark, to: index, known, file,
                options, &collector)
        case "labels", "videolabels", "timeserieslabels", "paragraphlabels":
            guard let start = value?["start"]?.seconds, let end = value?["end"]?.seconds else { return }
            for label in labels(value?["labels"] ?? value?["timeserieslabels"]) {
                collector.add(start, end, label, to: index, score: mark.score, tier: mark.tier)
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
                        ranges.elements, labels(region["timelinelabels"] ?? region["labels"]), (nil, nil), to: index,
                        known, file, options, &collector)
                } else if let start = region["start"]?.seconds, let end = region["end"]?.seconds {
                    for label in labels(region["labels"] ?? region["timeserieslabels"]) {
                        collector.add(start, end, label, to: index)
                    }
                }
            }
        }
    }

    private static func add(
        _ ranges: [JSONTree], _ labels: [String], _ mark: (score: Double?, tier: String?), to index: Int,
        _ known: Double?, _ file: SourceFile, _ options: ReadingOptions, _ collector: inout VideoCollector
    ) throws {
        for range in ranges {
            guard let first = range["start"]?.number, let last = range["end"]?.number else {
                collector.note(.unusableEntry, at: index)
                continue
            }
            let rate = try options.rate(known, of: file, "timeline labels are numbers of frames")
            for label in labels {
                collector.add((first - 1) / rate, last / rate, label, to: index, score: mark.score, tier: mark.tier)
            }
        }
    }

    private static func labels(_ value: JSONTree?) -> [String] {
        if let text = value?.string { return [text] }
        let labels = value?.elements.compactMap(\.text) ?? []
        return labels.isEmpty ? [""] : labels
    }

    /// The ids of the videos of tasks. Label Studio puts eight random digits before the name of a file that was uploaded; they are
    /// taken away where no two files have one name then.
    private static func names(_ tasks: [JSONTree]) -> [String?] {
        let paths = tasks.map(path)
        var uploads: [String: Set<String>] = [:]
        let ids = paths.map { path -> (whole: String, short: String)? in
            guard let path else { return nil }
            let whole = VideoID.ofFile(path)
            let isUpload = path.contains("/upload/") && whole.prefixMatch(of: /[0-9a-f]{8}-(?=.)/) != nil
            let short = isUpload ? String(whole.dropFirst(9)) : whole
            uploads[short, default: []].insert(whole)
            return (whole, short)
        }
        return ids.map { id in id.map { uploads[$0.short, default: []].count == 1 ? $0.short : $0.whole } }
    }

    /// The video of a task: the key `video`, else the first text that looks like a file.
    private static func path(_ data: JSONTree) -> String? {
        for key in ["video", "video_url", "url", "audio", "media"] {
            if let text = data[key]?.string, !text.isEmpty { return text }
        }
        return data.members.compactMap(\.value.string).first { $0.contains("/") && $0.contains(".") }
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
            let rate = try options.rate(of: video, for: .labelStudio)
            var results: [JSONValue] = []
            losses.countFacts(of: video)
            for (index, item) in video.segments.enumerated() {
                if item.tier != nil { losses.add(.tier) }
                let (first, end) = losses.frames(
                    of: item.segment, rate: rate, count: options.frameCount(of: video), least: 1)
                var members: [(String, JSONValue)] = [
                    ("id", .string(String(index + 1))), ("type", .string("timelinelabels")),
                    ("from_name", .string("label")), ("to_name", .string("video")),
                    (
                        "value",
                        .object([
                            (
                                "ranges",
                                .array([
                                    .object([("start", .number(Double(first + 1))), ("end", .number(Double(end)))])
                                ])
                            ),
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
