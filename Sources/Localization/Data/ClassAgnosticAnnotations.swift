import Annotations

extension AnnotationSet {
    /// The one label of heads that find actions without naming them.
    public static let anyAction = "action"

    /// The same segments, all with the label ``anyAction``.
    public var classAgnostic: AnnotationSet {
        let videos = videos.map { video in
            var video = video
            for index in video.segments.indices { video.segments[index].label = Self.anyAction }
            return video
        }
        return AnnotationSet(videos: videos, labels: [Self.anyAction], layout: layout)
    }
}
