import VideoTasks

extension WholeVideoEncoder {
    /// Encodes whole videos; those that cannot be read are listed.
    ///
    /// - Parameter name: what a video is called where it is listed; its path unless given.
    func encode(
        _ videos: [(path: String, interval: Range<Double>?)], batch: inout BatchReport, _ events: JobEvents,
        name: (Int) -> String? = { _ in nil }
    ) -> EncodedVideos {
        let found = events.stage("encode", unit: "videos", total: videos.count) { stage in
            EncodedVideos(encode(videos) { stage.update(completed: Double($0)) })
        }
        batch.succeed(found.kept.count)
        for (index, error) in found.failures { batch.fail(name(index) ?? videos[index].path, error) }
        return found
    }
}
