/// What a format needs to know to be written.
public struct WritingOptions: Sendable {
    /// Frames per second, for formats whose times are frame numbers; a rate of the video itself comes first.
    public var framesPerSecond: Double?

    public init(framesPerSecond: Double? = nil) {
        self.framesPerSecond = framesPerSecond
    }

    /// - Throws: ``AnnotationsError/noFrameRate(file:what:)`` where the rate is not known.
    func rate(of video: AnnotatedVideo) throws -> Double {
        guard let rate = video.framesPerSecond ?? framesPerSecond, rate > 0, rate.isFinite else {
            throw AnnotationsError.noFrameRate(file: video.id, what: "the format counts frames")
        }
        return rate
    }
}
