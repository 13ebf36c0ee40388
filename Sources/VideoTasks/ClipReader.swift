public import SViLM
import Tensors
public import Video

/// Reads single clips of video files as an encoder takes them.
public struct ClipReader: Sendable {
    private let configuration: EncoderConfiguration
    private let decoderOptions: DecoderOptions

    /// - Parameters:
    ///   - configuration: how clips are sampled.
    ///   - decoderOptions: how videos are opened.
    public init(_ configuration: EncoderConfiguration, decoderOptions: DecoderOptions = DecoderOptions()) {
        self.configuration = configuration
        self.decoderOptions = decoderOptions
    }

    /// The first clip at or after a time, as RGB bytes `[frames, imageSize, imageSize, 3]`.
    ///
    /// - Parameters:
    ///   - path: the video file.
    ///   - start: in seconds.
    /// - Throws: `VideoError` or `FileError`
    public func clip(of path: String, from start: Double) throws -> [UInt8] {
        let decoder = try VideoDecoder(path: path, options: decoderOptions)
        let sampler = ClipSampler(
            decoder: decoder, clock: configuration.clock, shape: FrameShape(size: configuration.imageSize),
            interval: start > 0 ? start..<Double.greatestFiniteMagnitude : nil)
        guard let clip = try sampler.next() else { throw decoder.info.missingClip(from: start) }
        return clip.pixels
    }

    /// One clip as the encoder's input, `[times, patches, values]`.
    ///
    /// - Parameter place: 0 for the first window of the video, 1 for the last.
    /// - Throws: `VideoError` or `FileError`
    func tubelets(of path: String, place: Double) throws -> Tensor {
        let decoder = try VideoDecoder(path: path, options: decoderOptions)
        let window = configuration.clock.frameRate.seconds(at: configuration.clock.windowFrames)
        let duration = max(decoder.info.durationSeconds ?? 0, window)
        let sampler = ClipSampler(
            decoder: decoder, clock: configuration.clock, shape: FrameShape(size: configuration.imageSize),
            interval: ((duration - window) * place)..<duration)
        guard let clip = try sampler.next() else { throw VideoError.noDecodableFrame(file: path) }
        return Tubelets(configuration)(
            clip.pixels, frames: clip.frameCount, height: clip.height, width: clip.width)
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
