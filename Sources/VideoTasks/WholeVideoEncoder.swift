public import SViLM
public import Tensors
import Threads
public import Video

/// Whole videos, or parts of them, as one vector each: the mean over the clips they are sampled into.
///
/// Its weights are those that the encoder has when this is made: after training, another is needed.
public struct WholeVideoEncoder: Sendable {
    private let encoder: FrozenEncoder
    /// How videos are opened.
    public var decoderOptions = DecoderOptions()

    /// What stands for a video.
    public struct Encoded: Sendable {
        /// In the space shared with text, of length 1, `[common]`.
        public var common: Tensor
        /// In the space of features, `[featureChannels]`.
        public var feature: Tensor
    }

    /// In float32, which runs on any machine.
    public init(_ encoder: VideoEncoder, decoderOptions: DecoderOptions = DecoderOptions()) {
        self.encoder = FrozenEncoder(encoder)
        self.decoderOptions = decoderOptions
    }

    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where another precision than float32 cannot be used on this machine
    ///   or with this encoder.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision) throws(SViLMError) {
        self.encoder = try FrozenEncoder(encoder, precision: precision)
    }

    /// Encodes a video file; memory holds one clip at a time.
    ///
    /// - Parameter interval: the part to encode, in seconds; all where `nil`.
    /// - Throws: `VideoError`
    public func encode(_ path: String, interval: Range<Double>? = nil) throws(VideoError) -> Encoded {
        let decoder = try VideoDecoder(path: path, options: decoderOptions)
        let sampler = ClipSampler(
            decoder: decoder, clock: encoder.configuration.clock,
            shape: FrameShape(size: encoder.configuration.imageSize), interval: interval)
        var common: [Tensor] = [], features: [Tensor] = []
        while let clip = try sampler.next() {
            let encoded = encoder(pixels: clip.pixels)
            common.append(encoder.globalFeatures(encoded).l2Normalized())
            features.append(encoder.features(encoded))
        }
        guard !common.isEmpty else { throw decoder.missingClip(from: interval?.lowerBound ?? 0) }
        return Encoded(
            common: Tensor.concatenated(common, axis: 0).mean(axes: [0]).l2Normalized(),
            feature: Tensor.concatenated(features, axis: 0).mean(axes: [0]))
    }

    /// Encodes many on the threads of `Parallel`; each ends in a result of its own.
    public func encode(
        _ videos: [(path: String, interval: Range<Double>?)], progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> [Result<Encoded, VideoError>] {
        let finished = FinishedCount()
        return Parallel.map(videos.count) { index in
            let result = Result { () throws(VideoError) in
                try encode(videos[index].path, interval: videos[index].interval)
            }
            progress(finished.add())
            return result
        }
    }
}
