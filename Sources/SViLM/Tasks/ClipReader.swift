import Video

/// Reads single clips of video files as an encoder takes them.
public struct ClipReader: Sendable {
    private let configuration: EncoderConfiguration

    public init(_ configuration: EncoderConfiguration) { self.configuration = configuration }

    /// The first clip at or after a time, as RGB bytes `[frames, imageSize, imageSize, 3]`.
    ///
    /// - Parameter start: in seconds.
    /// - Throws: `VideoError`
    public func clip(of path: String, from start: Double) throws(VideoError) -> [UInt8] {
        let sampling = configuration.sampling
        let clock = SamplingClock(
            frameRate: FrameRate(sampling.frameRateNumerator, sampling.frameRateDenominator),
            strideFrames: sampling.strideFrames, windowFrames: sampling.windowFrames,
            framesPerClip: configuration.frames)
        let sampler = ClipSampler(
            decoder: try VideoDecoder(path: path), clock: clock, shape: FrameShape(size: configuration.imageSize),
            interval: start > 0 ? start..<Double.greatestFiniteMagnitude : nil)
        guard let clip = try sampler.next() else { throw .noDecodableFrame(file: path) }
        return clip.pixels
    }

    /// Clips whose second half shows the next clip, the last one's the first.
    public func halvesBlended(_ clips: [[UInt8]]) -> [[UInt8]] {
        let length = configuration.clipLength, own = (length + 1) / 2
        let paste = CutAndPaste(
            partners: clips.indices.map { ($0 + 1) % clips.count },
            kept: clips.map { _ in (0..<length).map { $0 < own } }, clipLength: length)
        return clips.indices.map { paste.blended($0, of: clips) }
    }
}
