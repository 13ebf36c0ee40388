import Annotations
import Features
import Files

/// The videos of a feature source that a job works on.
struct FeatureSelection {
    let source: any FeatureSource
    /// Ids with features, in the order of the source.
    private(set) var videos: [String]
    /// Seconds by video, from the annotations.
    private(set) var durations: [String: Double] = [:]
    /// Videos that were asked for and have no features.
    private(set) var missing: [String] = []

    /// - Parameters:
    ///   - annotations: take only these videos, and durations from there.
    ///   - isComplete: whether every annotated video should have features.
    init(_ source: any FeatureSource, annotations: AnnotationSet?, isComplete: Bool) {
        self.source = source
        videos = source.videos
        guard let annotations else { return }
        let wanted = Set(annotations.videos.map(\.id)), known = Set(videos)
        if isComplete { missing = wanted.subtracting(known).sorted() }
        videos = videos.filter { wanted.contains($0) }
        for video in annotations.videos { durations[video.id] = video.duration }
    }

    /// Opens features and passes on what is odd about them.
    ///
    /// - Parameters:
    ///   - annotations: the videos are called as there, and a grid may take frame rates from there.
    ///   - grid: the text of a `grid.json`, for folders that have none.
    static func open(
        _ paths: [String], annotations: AnnotationSet?, grid: String? = nil, events: JobEvents
    ) throws -> any FeatureSource {
        var facts: [String: VideoFacts] = [:]
        for video in annotations?.videos ?? [] {
            facts[video.id] = VideoFacts(framesPerSecond: video.framesPerSecond, durationSeconds: video.duration)
        }
        let source = try FeatureSources.open(paths, facts: facts, grid: grid)
        // That no id matches is an error of the check of data, which says the same.
        for notice in source.notices where notice.kind != NamedFeatures.unmatched { events.notice(notice) }
        return source
    }
}
