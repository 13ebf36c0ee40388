public import Annotations

extension AnnotationSet {
    /// The one label of heads that find actions without naming them, where there is more than one class.
    public static let anyAction = "action"

    /// The label that stands for every action: the only class of the file, or else ``anyAction``.
    ///
    /// - Parameter ignored: labels that are no classes.
    public func commonLabel(ignoring ignored: [String] = []) -> String {
        let classes = labels.filter { !ignored.contains($0) }
        return classes.count == 1 ? classes[0] : Self.anyAction
    }

    /// The same segments, all with the label ``commonLabel(ignoring:)``; those with an ignored label are left out.
    public func classAgnostic(ignoring ignored: [String] = []) -> AnnotationSet {
        let label = commonLabel(ignoring: ignored)
        let videos = videos.map { video in
            var video = video
            video.segments.removeAll { ignored.contains($0.label) }
            for index in video.segments.indices { video.segments[index].label = label }
            return video
        }
        return AnnotationSet(videos: videos, labels: [label], layout: layout)
    }
}
