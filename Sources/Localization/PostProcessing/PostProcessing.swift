public import Annotations
public import Features
import Files

/// The stage from proposals on the feature grid to detections in seconds.
///
/// It works on plain arrays and is the same for every head: suppression, conversion to seconds, clamping to the video,
/// and fusion with video-level class scores where there are any.
public struct PostProcessing: Sendable {
    /// What it does.
    public let settings: PostProcessingSettings

    public init(_ settings: PostProcessingSettings = PostProcessingSettings()) { self.settings = settings }

    /// The detections of one video, best first.
    ///
    /// - Parameters:
    ///   - proposals: segments on the feature grid.
    ///   - video: name of the video.
    ///   - grid: the grid of the features that the head saw.
    ///   - durationSeconds: detections are clamped to `[0, duration]`, or to 0 and above where it is unknown; a detection
    ///     that lies wholly outside is left out.
    ///   - classes: class names by label index.
    ///   - videoScores: scores of the classes for the whole video, to be fused with class-agnostic proposals.
    public func detections(
        from proposals: Proposals, video: String, grid: SnippetGrid, durationSeconds: Double?, classes: [String],
        videoScores: [Double]? = nil
    ) -> [Detection] {
        var competing = proposals
        if settings.maximumProposals > 0, proposals.count > settings.maximumProposals {
            // The order in which the head gave them stays, because it decides between equal scores.
            competing = proposals.selecting(proposals.descendingOrder.prefix(settings.maximumProposals).sorted())
        }
        let kept = NonMaximumSuppression(settings.suppression)(competing)
        let upper = durationSeconds ?? .infinity
        var segments: [ScoredSegment] = []
        for index in 0..<kept.count {
            let start = min(max(grid.seconds(at: Double(kept.starts[index])), 0), upper)
            let end = min(max(grid.seconds(at: Double(kept.ends[index])), 0), upper)
            guard end > start else { continue }
            segments.append(
                ScoredSegment(
                    segment: Segment(start: start, end: end), score: Double(kept.scores[index]),
                    label: kept.labels[index]))
        }
        if let videoScores {
            segments = ScoreFusion(settings.fusion).fuse(segments, videoScores: videoScores)
        }
        if settings.minimumScore > 0 { segments.removeAll { $0.score < settings.minimumScore } }
        return segments.sortedByDescending(\.score).map { item in
            precondition(classes.indices.contains(item.label), "label \(item.label) of \(classes.count) classes")
            return Detection(video: video, label: classes[item.label], segment: item.segment, score: item.score)
        }
    }
}
