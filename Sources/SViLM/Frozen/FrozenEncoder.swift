public import Tensors

/// A video encoder that is not trained, run the fastest way this machine has: as an ``InferenceEncoder``, or as it is.
///
/// Its weights are those that the encoder has when this is made.
public struct FrozenEncoder: Sendable {
    public let configuration: EncoderConfiguration
    private let engine: Engine
    private let readout: FeatureReadout

    /// What does the work.
    private enum Engine: Sendable {
        /// Vector instructions and packed weights.
        case fast(InferenceEncoder)
        /// The encoder as it is trained, for other processors and shapes.
        case plain(VideoEncoder, Tubelets)
    }

    /// In float32, which runs on any machine.
    public init(_ encoder: VideoEncoder) {
        self.init(encoder, fast: try? InferenceEncoder(encoder, precision: .float32))
    }

    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where another precision than float32 cannot be used on this machine
    ///   or with this encoder.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision) throws(SViLMError) {
        if precision == .float32 {
            self.init(encoder)
        } else {
            self.init(encoder, fast: try InferenceEncoder(encoder, precision: precision))
        }
    }

    private init(_ encoder: VideoEncoder, fast: InferenceEncoder?) {
        configuration = encoder.configuration
        readout = FeatureReadout(encoder)
        engine = fast.map { .fast($0) } ?? .plain(encoder, Tubelets(encoder.configuration))
    }

    /// Whether a clip is work enough to be shared by all threads. Small clips are better given to one thread each.
    public var sharesClips: Bool {
        if case .fast(let encoder) = engine { return encoder.sharesClips }
        return false
    }

    /// Floating-point operations in the matrix products of one clip.
    public var operationsPerClip: Double {
        switch engine {
        case .fast(let encoder): encoder.operationsPerClip
        case .plain: configuration.operationsPerClip
        }
    }

    /// Encodes one clip.
    ///
    /// - Parameter pixels: RGB bytes `[frames, imageSize, imageSize, 3]`.
    public func callAsFunction(pixels: [UInt8]) -> EncodedVideo {
        switch engine {
        case .fast(let encoder):
            return encoder(pixels: pixels)
        case .plain(let encoder, let tubelets):
            let (frames, size) = (configuration.frames, configuration.imageSize)
            return encoder(.stacked([tubelets(pixels, frames: frames, height: size, width: size)]))
        }
    }

    /// What stands for each clip outside the encoder: `[batch, featureChannels]`.
    public func features(_ encoded: EncodedVideo) -> Tensor { readout.features(encoded) }

    /// Global features: `[batch, common]`.
    public func globalFeatures(_ encoded: EncodedVideo) -> Tensor { readout.globalFeatures(encoded) }
}
