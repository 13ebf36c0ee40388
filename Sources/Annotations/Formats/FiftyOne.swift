import Files

/// FiftyOne's temporal detections (https://docs.voxel51.com/user_guide/export_datasets.html): `labels.json` of an exported data set, or samples as FiftyOne
/// keeps them. `support` is the first and last frame from 1, `timestamps` are seconds.
extension AnnotationFormat {
    static let fiftyOne = AnnotationFormat(
        name: "fiftyone", title: "FiftyOne temporal detections (.json)",
        recognizes: { file in
            file.sketch.has("classes", "labels") && !file.sketch.has("class_names")
                || file.sketch.has("samples") && file.sketch.mentions("_cls")
                || file.sketch.has("labels") && file.sketch.mentions("support")
        },
        read: FiftyOne.read)
}

private enum FiftyOne {
    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        let tree = try file.tree()
        var collector = VideoCollector()
        if let labels = tree["labels"], labels.isObject {
            let classes = tree["classes"]?.elements.map { $0.text ?? "" } ?? []
            for (name, list) in labels.members {
                let index = collector.index(of: VideoID.ofFile(name))
                for entry in list.elements { try add(entry, classes, nil, to: index, file, options, &collector) }
            }
            return collector.set(.fiftyOne)
        }
        guard let samples = tree["samples"] else {
            throw FileErrorKind.malformed(file, "neither 'labels' nor 'samples'")
        }
        for sample in samples.elements {
            guard let name = sample["filepath"]?.string else {
                collector.tally.add(.unusableEntry, at: sample["_id"]?.text ?? "")
                continue
            }
            let index = collector.index(of: VideoID.ofFile(name))
            let metadata = sample["metadata"]
            collector[index].framesPerSecond = metadata?["frame_rate"]?.number
            collector[index].duration = metadata?["duration"]?.number.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
            collector[index].subset = sample["tags"]?.elements.first?.string ?? ""
            for (_, field) in sample.members {
                let list =
                    field["_cls"]?.string == "TemporalDetection"
                    ? [field] : field["_cls"]?.string == "TemporalDetections" ? field["detections"]?.elements ?? [] : []
                for entry in list {
                    try add(entry, [], collector[index].framesPerSecond, to: index, file, options, &collector)
                }
            }
        }
        return collector.set(.fiftyOne)
    }

    private static func add(
        _ entry: JSONTree, _ classes: [String], _ rate: Double?, to index: Int, _ file: SourceFile,
        _ options: ReadingOptions, _ collector: inout VideoCollector
    ) throws {
        var label = entry["label"]?.text ?? ""
        if case .number(let number)? = entry["label"], let place = Int(exactly: number), classes.indices.contains(place)
        {
            label = classes[place]
        }
        let score = entry["confidence"]?.number
        let times = entry["timestamps"]?.elements.compactMap(\.seconds) ?? []
        let frames = entry["support"]?.elements.compactMap(\.number) ?? []
        if times.count == 2 {
            collector.add(times[0], times[1], label, to: index, score: score)
        } else if frames.count == 2 {
            let rate = try options.rate(rate, of: file, "the support of a detection is numbers of frames")
            collector.add((frames[0] - 1) / rate, frames[1] / rate, label, to: index, score: score)
        } else {
            collector.note(.unusableEntry, at: index)
        }
    }
}
