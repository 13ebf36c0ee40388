public import Annotations
public import Tensors

/// Detections drawn without looking at any video: the floor that every method must clear.
public enum RandomDetections {
    /// Draws detections for every video whose length is known.
    ///
    /// Labels are uniform over the label set, lengths are those of known segments, places and scores are uniform.
    ///
    /// - Parameters:
    ///   - videos: what to draw for; only ids, durations and labels are read.
    ///   - known: where lengths come from, such as the training subset. Lengths are uniform where it has no segment.
    ///   - perVideo: how many detections a video gets.
    /// - Returns: sorted by video as in `videos`, then by falling score.
    public static func draw(
        for videos: AnnotationSet, lengthsFrom known: AnnotationSet, perVideo: Int = 100,
        using generator: inout RandomGenerator
    ) -> [Detection] {
        let lengths = known.videos.flatMap { $0.segments.map(\.segment.duration) }.filter { $0 > 0 }
        guard !videos.labels.isEmpty, perVideo > 0 else { return [] }
        return videos.videos.flatMap { video -> [Detection] in
            guard let duration = video.duration, duration > 0 else { return [] }
            let drawn = (0..<perVideo).map { _ in
                let length = lengths.isEmpty ? generator.uniform(0, duration) : generator.element(of: lengths)
                let start = generator.uniform(0, max(0, duration - length))
                return Detection(
                    video: video.id, label: generator.element(of: videos.labels),
                    segment: Segment(start: start, end: min(duration, start + length)), score: generator.uniform())
            }
            return drawn.sorted { $0.score > $1.score }
        }
    }
}
