import Annotations

/// What is odd in annotations by themselves.
struct AnnotationCheck {
    private let check: DataCheck
    private let videos: [AnnotatedVideo]

    /// Classes with fewer segments than this are hard to learn and to measure.
    private static let fewest = 5

    init(_ check: DataCheck, _ videos: [AnnotatedVideo]) {
        self.check = check
        self.videos = videos
    }

    func findings() -> [DataFinding] {
        var found = check.annotations.oddities.map { DataFinding(.annotations, .notice, "\($0)") }
        found += classFindings() + leakFindings()
        for fault in check.dataset?.manifest.faults ?? [] { found.append(DataFinding(.dataset, .notice, fault)) }
        return found
    }

    private func classFindings() -> [DataFinding] {
        var counts: [String: Int] = [:]
        /// For each class, how many of its segments are also those of each other class.
        var shared: [String: [String: Int]] = [:]
        for video in videos {
            for item in video.segments { counts[item.label, default: 0] += 1 }
            let places = Dictionary(grouping: video.segments, by: \.segment)
            for items in places.values where items.count > 1 {
                let labels = Set(items.map(\.label))
                for item in items {
                    for label in labels where label != item.label {
                        shared[item.label, default: [:]][label, default: 0] += 1
                    }
                }
            }
        }
        var found: [DataFinding] = []
        let rare = counts.filter { $0.value < Self.fewest }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        if !rare.isEmpty {
            found.append(
                DataFinding(
                    .rareClasses, .notice, "classes have fewer than \(Self.fewest) segments",
                    one: "class has fewer than \(Self.fewest) segments",
                    items: rare.map { "\($0.key): \($0.value)" }))
        }
        let together = shared.flatMap { label, others in
            others.filter { $0.value == counts[label] }.map {
                "'\(label)' (\(counts[label] ?? 0)) is always '\($0.key)' too"
            }
        }.sorted()
        if !together.isEmpty {
            found.append(
                DataFinding(
                    .alwaysTogether, .notice, "classes occur only together with another, with the same times",
                    one: "class occurs only together with another, with the same times",
                    items: together))
        }
        return found
    }

    /// Ids of different subsets that differ only in prefix, extension, case or Unicode form.
    private func leakFindings() -> [DataFinding] {
        var owners: [String: AnnotatedVideo] = [:], leaks: [String] = []
        for video in check.annotations.videos {
            let key = VideoIdentity.key(video.id)
            if let owner = owners[key], owner.id != video.id, owner.subset != video.subset {
                leaks.append("\(owner.id) (\(owner.subset)) and \(video.id) (\(video.subset))")
            }
            owners[key] = owners[key] ?? video
        }
        guard !leaks.isEmpty else { return [] }
        return [
            DataFinding(
                .leak, .error, "pairs of videos in different subsets look like one video",
                one: "pair of videos in different subsets looks like one video", items: leaks)
        ]
    }
}
