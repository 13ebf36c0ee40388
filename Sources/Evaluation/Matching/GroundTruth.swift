import Annotations

/// The segments to find, in columns, grouped by class and then by video.
struct GroundTruth: Sendable {
    /// Labels with at least one segment, in the order of the annotations' labels.
    let classes: [String]
    /// Every evaluated video, in file order.
    let videos: [AnnotatedVideo]
    let videoIndices: [String: Int32]
    /// Segments of class `c` are at `classOffsets[c] ..< classOffsets[c + 1]`, those of a video next to each other.
    let classOffsets: [Int]
    let starts: [Double]
    let ends: [Double]
    /// For each segment, its position in ``videos``.
    let videoOf: [Int32]
    /// Ambiguous segments by video.
    let ambiguous: [Int32: [Segment]]
    /// Videos left out by the protocol.
    let excluded: Set<String>
    /// Videos that the annotations assign to a subset that is not evaluated.
    var otherSubsetVideos: Set<String> = []

    var count: Int { starts.count }

    /// Applies a protocol to annotations, counting what it leaves out.
    init(
        _ annotations: AnnotationSet, protocol settings: EvaluationProtocol, rules: EvaluationRules,
        counts: inout EvaluationCounts
    ) throws(EvaluationError) {
        excluded = Set(settings.excludeVideos)
        var kept: [AnnotatedVideo] = []
        for video in annotations.videos {
            if excluded.contains(video.id) { counts.excludedVideos.add(video.id) } else { kept.append(video) }
        }
        var labelNumbers: [String: Int] = [:]
        for label in annotations.labels where label != settings.ambiguousLabel {
            labelNumbers[label] = labelNumbers.count
        }
        var perLabel: [[(segment: Segment, video: Int32)]] = Array(repeating: [], count: labelNumbers.count)
        var names = annotations.labels.filter { $0 != settings.ambiguousLabel }
        var ambiguous: [Int32: [Segment]] = [:]
        var indices: [String: Int32] = [:]
        for (index, video) in kept.enumerated() {
            indices[video.id] = Int32(index)
            var own: [Int: [Segment]] = [:]
            for item in video.segments {
                if item.label == settings.ambiguousLabel {
                    counts.ambiguousSegments.add(video.id)
                    ambiguous[Int32(index), default: []].append(item.segment)
                    continue
                }
                let number = labelNumbers[item.label] ?? labelNumbers.count
                if number == labelNumbers.count {
                    labelNumbers[item.label] = number
                    names.append(item.label)
                    perLabel.append([])
                }
                if rules.isTooShort(item.segment.duration) {
                    counts.emptyGroundTruth.add(video.id)
                    continue
                }
                if let tolerance = rules.duplicateTolerance,
                    own[number, default: []].contains(where: { $0.isSame(as: item.segment, within: tolerance) })
                {
                    counts.duplicateGroundTruth.add(video.id)
                    continue
                }
                own[number, default: []].append(item.segment)
            }
            for (number, segments) in own {
                // In a fixed order, so that the order of the file does not matter.
                let ordered =
                    rules.ties == .byContent ? segments.sorted { ($0.start, $0.end) < ($1.start, $1.end) } : segments
                perLabel[number] += ordered.map { ($0, Int32(index)) }
            }
        }
        let present = perLabel.indices.filter { !perLabel[$0].isEmpty }
        guard !present.isEmpty else {
            throw .noGroundTruth(
                protocolName: settings.name,
                reason: kept.isEmpty
                    ? "every video is excluded"
                    : "no video of the ground truth has a labelled segment (videos: \(kept.count))")
        }
        classes = present.map { names[$0] }
        var offsets = [0], starts: [Double] = [], ends: [Double] = [], owners: [Int32] = []
        for number in present {
            for item in perLabel[number] {
                starts.append(item.segment.start)
                ends.append(item.segment.end)
                owners.append(item.video)
            }
            offsets.append(starts.count)
        }
        classOffsets = offsets
        self.starts = starts
        self.ends = ends
        videoOf = owners
        videos = kept
        videoIndices = indices
        self.ambiguous = ambiguous
        counts.groundTruthVideos = kept.count
        counts.groundTruthSegments = starts.count
        counts.classes = classes.count
    }
}
