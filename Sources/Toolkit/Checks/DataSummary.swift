public import Annotations
public import Files

/// What annotations hold, in numbers.
public struct DataSummary: Sendable, Equatable {
    /// One subset, or all videos of a file without subsets.
    public struct Part: Sendable, Equatable {
        /// Empty for videos of no subset.
        public var name: String
        public var videos = 0
        public var segments = 0
        public var classes = 0
        /// The sum of the known durations, in seconds.
        public var seconds = 0.0
        /// The sum of the lengths of all segments, in seconds; those that overlap count each.
        public var actionSeconds = 0.0
        /// The median length of a segment in seconds; nil where there is none.
        public var medianLength: Double?
    }

    public var parts: [Part] = []
    /// The number of segments of each class in each part, the most frequent class first.
    public var classes: [(label: String, counts: [Int])] = []
    /// The lengths of all segments that have one, in seconds.
    public var lengths: [Double] = []
    /// The number of segments of each video.
    public var instances: [Int] = []

    public init(_ set: AnnotationSet) {
        let names = set.subsetNames + (set.videos.contains { $0.subset.isEmpty } ? [""] : [])
        var counts: [String: [Int]] = [:]
        for (index, name) in names.enumerated() {
            var part = Part(name: name), lengths: [Double] = [], labels: Set<String> = []
            for video in set.videos where video.subset == name {
                part.videos += 1
                part.segments += video.segments.count
                part.seconds += video.duration ?? 0
                instances.append(video.segments.count)
                for item in video.segments {
                    labels.insert(item.label)
                    counts[item.label, default: Array(repeating: 0, count: names.count)][index] += 1
                    if item.segment.duration > 0 { lengths.append(item.segment.duration) }
                }
            }
            part.classes = labels.count
            part.actionSeconds = lengths.reduce(0, +)
            lengths.sort()
            part.medianLength = lengths.isEmpty ? nil : lengths[lengths.count / 2]
            self.lengths += lengths
            parts.append(part)
        }
        classes = counts.sorted { (-$0.value.reduce(0, +), $0.key) < (-$1.value.reduce(0, +), $1.key) }
            .map { ($0.key, $0.value) }
    }

    public static func == (first: DataSummary, second: DataSummary) -> Bool {
        first.parts == second.parts && first.lengths == second.lengths && first.instances == second.instances
            && first.classes.elementsEqual(second.classes) { $0 == $1 }
    }

    /// Everything for programs.
    public var json: JSONValue {
        .object([
            (
                "subsets",
                .object(
                    parts.map { part in
                        (
                            part.name,
                            .object([
                                ("videos", .number(Double(part.videos))), ("segments", .number(Double(part.segments))),
                                ("classes", .number(Double(part.classes))), ("seconds", .number(part.seconds)),
                                ("action_seconds", .number(part.actionSeconds)),
                                ("median_length", part.medianLength.map { .number($0) } ?? .null),
                            ])
                        )
                    })
            ),
            (
                "classes",
                .object(
                    classes.map { entry in
                        (
                            entry.label,
                            .object(zip(parts, entry.counts).map { ($0.name, .number(Double($1))) })
                        )
                    })
            ),
        ])
    }
}
