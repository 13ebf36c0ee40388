public import Annotations
import Files

/// Detections drawn at random without looking at any video: the baseline that every method must beat.
public enum RandomDetections {
    /// Draws detections for every video with a known length; a video without a duration ends with its last segment.
    ///
    /// Labels are uniform over the label set, lengths are sampled from known segments, and start times and scores are uniform.
    ///
    /// - Parameters:
    ///   - videos: the videos to draw detections for; only ids, durations and labels are read.
    ///   - known: annotations to sample lengths (seconds) from, such as the training subset. Without segments in them, lengths
    ///     are uniform up to the duration of the video.
    ///   - perVideo: detections for each video.
    ///   - generator: the source of all random numbers.
    /// - Returns: detections in the order of `videos`, in each video by descending score.
    public static func draw(
        for videos: AnnotationSet, lengthsFrom known: AnnotationSet, perVideo: Int = 100,
        using generator: inout some RandomNumberGenerator
    ) -> [Detection] {
        let lengths = known.videos.flatMap { $0.segments.map(\.segment.duration) }.filter { $0 > 0 }
        guard !videos.labels.isEmpty, perVideo > 0 else { return [] }
        return videos.videos.flatMap { video -> [Detection] in
            guard let duration = length(of: video), duration > 0 else { return [] }
            let drawn = (0..<perVideo).map { _ in
                let length = lengths.isEmpty ? duration * uniform(&generator) : element(of: lengths, &generator)
                let start = max(0, duration - length) * uniform(&generator)
                return Detection(
                    video: video.id, label: element(of: videos.labels, &generator),
                    segment: Segment(start: start, end: min(duration, start + length)), score: uniform(&generator))
            }
            return drawn.sortedByDescending(\.score)
        }
    }

    /// The duration of a video in seconds, or where its last segment ends; nil for a video without either.
    public static func length(of video: AnnotatedVideo) -> Double? {
        video.duration ?? video.segments.map(\.segment.end).filter(\.isFinite).max()
    }

    /// A number in `[0, 1)`.
    private static func uniform(_ generator: inout some RandomNumberGenerator) -> Double {
        Double(generator.next() >> 11) * 0x1p-53
    }

    private static func element<Element>(
        of elements: [Element], _ generator: inout some RandomNumberGenerator
    ) -> Element {
        elements[Int.random(in: 0...(elements.count - 1), using: &generator)]
    }
}
