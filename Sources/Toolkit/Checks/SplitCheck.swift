import Annotations
import Files

/// Checks the subsets of annotations: their roles, what they share, what they lack.
struct SplitCheck {
    private let check: DataCheck
    private let training: [AnnotatedVideo]
    private let evaluated: [AnnotatedVideo]

    init(_ check: DataCheck) {
        self.check = check
        func videos(_ name: String?) -> [AnnotatedVideo] {
            guard let name, !name.isEmpty else { return [] }
            return (try? check.annotations.subset(name))?.videos ?? []
        }
        // An empty name stands for all videos of a file.
        training = check.trainingSubset == "" ? check.annotations.videos : videos(check.trainingSubset)
        evaluated = videos(check.validationSubset) + videos(check.evaluatedSubset)
    }

    /// The videos of the subsets that are named; all where none is.
    var usedVideos: [AnnotatedVideo] {
        let used = training + evaluated
        guard !used.isEmpty else { return check.annotations.videos }
        var seen: Set<String> = []
        return used.filter { seen.insert($0.id).inserted }
    }

    func findings() -> [DataFinding] {
        var found: [DataFinding] = []
        if check.trainingSubset != nil { found += trainingFindings() }
        found += sharedVideos() + classFindings() + segmentFindings()
        return found
    }

    private func actions(_ videos: [AnnotatedVideo]) -> [LabelledSegment] {
        let ignored = Set(check.ignoredLabels)
        return videos.flatMap(\.segments).filter { !ignored.contains($0.label) }
    }

    private func trainingFindings() -> [DataFinding] {
        guard !training.isEmpty else { return [] }
        var found: [DataFinding] = []
        let name = check.trainingSubset ?? ""
        if actions(training).isEmpty {
            found.append(
                DataFinding(
                    .emptySubset, .fatal,
                    "subset '\(name)' has \(Quantity.text(training.count, "video")) and no labelled segment, so there is nothing to train on"
                ))
        }
        let test = training.map(\.id).filter { $0.hasPrefix("video_test_") }
        if test.count * 2 > training.count {
            found.append(
                DataFinding(
                    .testVideos, .error,
                    "videos of subset '\(name)' are test videos of THUMOS14; train on its validation videos (video_validation_…)",
                    one:
                        "video of subset '\(name)' is a test video of THUMOS14; train on its validation videos (video_validation_…)",
                    items: test))
        }
        return found
    }

    private func sharedVideos() -> [DataFinding] {
        let trained = Set(training.map(\.id))
        let shared = Set(evaluated.map(\.id)).intersection(trained).sorted()
        guard !shared.isEmpty else { return [] }
        return [
            DataFinding(
                .overlap, .error, "videos are both trained on and evaluated, so the figures would say nothing",
                one: "video is both trained on and evaluated, so the figures would say nothing",
                items: shared)
        ]
    }

    private func classFindings() -> [DataFinding] {
        guard !training.isEmpty, !evaluated.isEmpty else { return [] }
        let first = Set(actions(training).map(\.label)), second = Set(actions(evaluated).map(\.label))
        guard !first.isEmpty, !second.isEmpty else { return [] }
        var found: [DataFinding] = []
        let untrained = second.subtracting(first).sorted(), unseen = first.subtracting(second).sorted()
        if !untrained.isEmpty {
            found.append(
                DataFinding(
                    .classes, .notice, "classes are evaluated and never trained",
                    one: "class is evaluated and never trained", items: untrained))
        }
        if !unseen.isEmpty {
            found.append(
                DataFinding(
                    .classes, .notice, "classes are trained and never evaluated",
                    one: "class is trained and never evaluated", items: unseen))
        }
        return found
    }

    private func segmentFindings() -> [DataFinding] {
        var past: [String] = [], empty: [String] = []
        for video in usedVideos {
            for segment in video.segments {
                if segment.segment.duration <= 0 { empty.append(video.id) }
                // 10 ms are rounding.
                if let duration = video.duration, duration > 0, segment.segment.start > duration + 0.01 {
                    past.append(video.id)
                }
            }
        }
        var found: [DataFinding] = []
        if !empty.isEmpty {
            found.append(
                DataFinding(
                    .segments, .notice, "segments do not end after they start",
                    one: "segment does not end after it starts", items: empty))
        }
        if !past.isEmpty {
            found.append(
                DataFinding(
                    .segments, .notice, "segments begin after the end of their video",
                    one: "segment begins after the end of its video", items: past))
        }
        return found
    }
}
