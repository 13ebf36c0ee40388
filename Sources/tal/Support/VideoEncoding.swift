import SViLM
import Video
import VideoTasks

extension WholeVideoEncoder {
    /// Encodes whole videos with a progress bar; those that cannot be read are listed.
    ///
    /// - Parameter name: what a video is called where it is listed; its path unless given.
    func encode(
        _ videos: [(path: String, interval: Range<Double>?)], console: Console, outcome: inout BatchOutcome,
        name: (Int) -> String? = { _ in nil }
    ) -> EncodedVideos {
        let bar = ProgressBar("encode", unit: "videos", total: videos.count, console: console)
        let found = EncodedVideos(encode(videos) { bar.update(completed: Double($0)) })
        bar.finish()
        outcome.succeed(found.kept.count)
        for (place, error) in found.failures { outcome.fail(name(place) ?? videos[place].path, error) }
        return found
    }
}
