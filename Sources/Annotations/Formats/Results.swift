/// ActivityNet results (predictions), read as annotations with scores, so that they can be converted.
extension AnnotationFormat {
    static let results = AnnotationFormat(
        name: "results",
        title: "ActivityNet results JSON (predictions), also EPIC-Kitchens' submission and BMN's proposals",
        fileExtension: "json",
        recognizes: { $0.sketch.has("results") && !$0.sketch.has("database") },
        read: { file, options in
            let found = try DetectionFile.readResults(file, needsSegments: true, labelField: options.labelField)
            return AnnotationSet(found)
        },
        write: { set, _, losses in ActivityNetWriter.results(set, &losses) })
}

extension AnnotationSet {
    /// Predictions as annotations with scores.
    init(_ file: DetectionFile) {
        let table = file.detections
        var videos = table.videos.map { AnnotatedVideo(id: $0) }
        var counts = Array(repeating: 0, count: videos.count)
        for index in table.videoIndices { counts[Int(index)] += 1 }
        for (index, count) in counts.enumerated() { videos[index].segments.reserveCapacity(count) }
        let labels = table.labels
        for row in table.indices {
            videos[Int(table.videoIndices[row])].segments.append(
                LabelledSegment(
                    segment: Segment(start: table.starts[row], end: table.ends[row]),
                    label: labels[Int(table.labelIndices[row])],
                    score: table.scores[row]))
        }
        self.init(videos: videos, labels: labels.sorted(by: Self.bytewise), layout: .results, oddities: file.oddities)
        labelOrder = .alphabetical
    }
}

extension DetectionTable {
    /// Annotations as predictions; one without a score gets 1.
    init(_ set: AnnotationSet) {
        self.init()
        for video in set.videos {
            addVideo(video.id)
            for item in video.segments {
                append(Detection(video: video.id, label: item.label, segment: item.segment, score: item.score ?? 1))
            }
        }
    }
}
