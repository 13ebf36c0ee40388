public import Features
import Networks
public import SViLM
public import Tensors
import Threads
public import Video

/// The S-ViLM video encoder as an encoder of snippets.
public struct SViLMSnippetEncoder: SnippetEncoder {
    public let origin: FeatureOrigin
    public let clock: SamplingClock
    public let frameShape: FrameShape
    public let channels: Int
    private let encoder: FrozenEncoder

    /// - Parameters:
    ///   - encoder: whose weights are used.
    ///   - precision: data type of the factors of matrix products. `float32` runs on every machine; see ``engine``.
    /// - Throws: `SViLMError` where another precision cannot be used on this machine or with this encoder.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision = .float32) throws {
        let configuration = encoder.configuration
        // For a large encoder the digest takes as long as the packing.
        let digest = Future { Weights.hash(of: encoder) }
        self.encoder = try FrozenEncoder(encoder, precision: precision)
        origin = FeatureOrigin(
            encoder: configuration.name, encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: try digest.get(), encoderPrecision: precision.rawValue)
        clock = configuration.clock
        frameShape = FrameShape(size: configuration.imageSize)
        channels = configuration.featureChannels
    }

    /// Clips that share all threads come one by one, so that none waits for the next to be decoded.
    public var batchSize: Int { encoder.sharesClips ? 1 : 4 * Parallel.threads }

    public var operationsPerClip: Double? { encoder.operationsPerClip }

    public var engine: String? { encoder.engine.description }

    public func encode(_ clips: [Clip]) -> Tensor {
        @Sendable func features(_ clip: Clip) -> Tensor { encoder.features(encoder(pixels: clip.pixels)) }
        let rows = encoder.sharesClips ? clips.map(features) : Parallel.map(clips.count) { features(clips[$0]) }
        return Tensor.concatenated(rows, axis: 0)
    }
}
