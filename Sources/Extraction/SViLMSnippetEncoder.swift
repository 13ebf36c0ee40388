import Features
import Networks
import SViLM
import Tensors
import Video

/// The S-ViLM video encoder as an encoder of snippets.
public struct SViLMSnippetEncoder: SnippetEncoder {
    public let origin: FeatureOrigin
    public let clock: SamplingClock
    public let frameShape: FrameShape
    public let channels: Int
    private let engine: Engine

    /// What does the work.
    private enum Engine: Sendable {
        /// Vector instructions and packed weights.
        case fast(InferenceEncoder)
        /// The encoder as it is trained, for other processors and shapes.
        case plain(VideoEncoder, Tubelets)
    }

    /// - Parameters:
    ///   - encoder: whose weights are used.
    ///   - precision: the arithmetic. `float32` runs on any machine, fast where it can.
    /// - Throws: `SViLMError` where another precision cannot be used on this machine or with this encoder.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision = .float32) throws {
        let configuration = encoder.configuration
        // For a large encoder the digest takes as long as the packing.
        let digest = BackgroundResult { Weights.hash(of: encoder) }
        if precision == .float32, InferenceEncoder.obstacle(configuration, precision: precision) != nil {
            engine = .plain(encoder, Tubelets(configuration))
        } else {
            engine = .fast(try InferenceEncoder(encoder, precision: precision))
        }
        origin = FeatureOrigin(
            encoder: configuration.name, encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: digest.value)
        clock = SamplingClock(configuration.sampling, framesPerClip: configuration.frames)
        frameShape = FrameShape(size: configuration.imageSize)
        channels = configuration.featureChannels
    }

    /// Clips that share all threads come one by one, so that none waits for the next to be decoded.
    public var batchSize: Int {
        if case .fast(let encoder) = engine, encoder.sharesClips { return 1 }
        return 4 * Parallel.threads
    }

    public var operationsPerClip: Double? {
        switch engine {
        case .fast(let encoder): encoder.operationsPerClip
        case .plain(let encoder, _): encoder.configuration.operationsPerClip
        }
    }

    public func encode(_ clips: [Clip]) -> Tensor {
        let rows: [Tensor]
        switch engine {
        case .fast(let encoder) where encoder.sharesClips:
            rows = clips.map { encoder.features(ofPixels: $0.pixels) }
        case .fast(let encoder):
            rows = Parallel.map(clips.count) { encoder.features(ofPixels: clips[$0].pixels) }
        case .plain(let encoder, let tubelets):
            rows = Parallel.map(clips.count) { index in
                let clip = clips[index]
                let values = tubelets(clip.pixels, frames: clip.frameCount, height: clip.height, width: clip.width)
                return encoder.features(encoder(values.reshaped([1] + values.shape)))
            }
        }
        return Tensor.concatenated(rows, axis: 0)
    }
}
