/// What a format needs to know to be written.
public struct WritingOptions: Sendable {
    /// Frames per second, for formats whose times are frame numbers; a rate of the video itself comes first.
    public var framesPerSecond: Double?
    /// Frames per second of single videos, by id, where the annotations do not say it.
    public var rates: [String: Double]
    /// Numbers of frames of single videos, by id, where the annotations do not say it.
    public var frameCounts: [String: Int]

    public init(
        framesPerSecond: Double? = nil, rates: [String: Double] = [:], frameCounts: [String: Int] = [:]
    ) {
        self.framesPerSecond = framesPerSecond
        self.rates = rates
        self.frameCounts = frameCounts
    }

    /// - Throws: ``AnnotationsError/unknownFrameRate(video:format:)``.
    func rate(of video: AnnotatedVideo, for format: AnnotationFormat) throws(AnnotationsError) -> Double {
        guard let rate = video.framesPerSecond ?? rates[video.id] ?? framesPerSecond, rate > 0, rate.isFinite else {
            throw .unknownFrameRate(video: video.id, format: format.title)
        }
        return rate
    }

    /// How many frames a video has, where that is known.
    func frameCount(of video: AnnotatedVideo) -> Int? { video.frameCount ?? frameCounts[video.id] }
}
