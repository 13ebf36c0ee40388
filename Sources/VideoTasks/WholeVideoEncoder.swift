import Extraction
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

    /// - Throws: `SViLMError` where another precision than float32 cannot be used on this machine
    ///   or with this encoder.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision) throws(SViLMError) {
        self.encoder = try FrozenEncoder(encoder, precision: precision)
    }

    /// Encodes a video file. The next clips are decoded meanwhile; memory holds a few batches of them.
    ///
    /// - Parameters:
    ///   - path: the video file.
    ///   - interval: the part to encode, in seconds; all where `nil`.
    /// - Throws: `VideoError` or `FileError`.
    public func encode(_ path: String, interval: Range<Double>? = nil) throws -> Encoded {
        let pipeline = ClipPipeline(SharedSpaceEncoder(encoder: encoder), decoderOptions: decoderOptions)
        let rows = try pipeline.rows(of: path, interval: interval)
        let width = encoder.configuration.featureChannels
        let common = rows.shape[1] - width
        return Encoded(
            common: rows.slice(axis: 1, 0..<common).mean(axes: [0]).l2Normalized(),
            feature: rows.slice(axis: 1, common..<(common + width)).mean(axes: [0]))
    }

    /// Encodes many on the threads of `Parallel`; each ends in a result of its own.
    public func encode(
        _ videos: [(path: String, interval: Range<Double>?)], progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> [Result<Encoded, any Error>] {
        let finished = FinishedCount()
        return Parallel.map(videos.count) { index in
            let result = Result { try encode(videos[index].path, interval: videos[index].interval) }
            progress(finished.add())
            return result
        }
    }
}

/// Clips in both spaces: a row is the global feature, of length 1, followed by the clip's feature.
private struct SharedSpaceEncoder: ClipEncoder {
    let encoder: FrozenEncoder

    var clock: SamplingClock { encoder.configuration.clock }
    var frameShape: FrameShape { FrameShape(size: encoder.configuration.imageSize) }
    var batchSize: Int { encoder.sharesClips ? 1 : 4 * Parallel.available }

    func encode(_ clips: [Clip]) -> Tensor {
        @Sendable func row(_ clip: Clip) -> Tensor {
            let encoded = encoder(pixels: clip.pixels)
            return .concatenated(
                [encoder.globalFeatures(encoded).l2Normalized(), encoder.features(encoded)], axis: 1)
        }
        let rows = encoder.sharesClips ? clips.map(row) : Parallel.map(clips.count) { row(clips[$0]) }
        return .concatenated(rows, axis: 0)
    }
}
