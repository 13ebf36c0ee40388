public import Tensors

/// A video encoder with fixed weights, run by the fastest engine that this machine has for it; see ``engine``.
///
/// It keeps the weights that the encoder has when this is made.
public struct FrozenEncoder: Sendable {
    /// The shape of the encoder.
    public let configuration: EncoderConfiguration
    /// The engine in use, and why it is not the fast one.
    public let engine: EncoderEngine
    private let implementation: Implementation
    private let readout: FeatureReadout

    private enum Implementation: Sendable {
        case packed(InferenceEncoder)
        case plain(VideoEncoder, Tubelets)
    }

    /// An encoder in float32, which every machine computes.
    public init(_ encoder: VideoEncoder) {
        let engine = EncoderEngine(encoder.configuration)
        switch engine {
        case .packed(let precision):
            self.init(encoder, engine, .packed(InferenceEncoder(packing: encoder, precision: precision)))
        case .plain:
            self.init(encoder, engine, .plain(encoder, Tubelets(encoder.configuration)))
        }
    }

    /// An encoder in the given precision.
    ///
    /// - Throws: ``SViLMError/unfit(setting:problem:)`` where this machine cannot run this encoder in a precision other than
    ///   float32.
    public init(_ encoder: VideoEncoder, precision: ComputePrecision) throws(SViLMError) {
        if precision == .float32 {
            self.init(encoder)
        } else {
            self.init(encoder, .packed(precision), .packed(try InferenceEncoder(encoder, precision: precision)))
        }
    }

    private init(_ encoder: VideoEncoder, _ engine: EncoderEngine, _ implementation: Implementation) {
        configuration = encoder.configuration
        readout = FeatureReadout(encoder)
        self.engine = engine
        self.implementation = implementation
    }

    /// Whether one clip is enough work for all threads. Smaller clips run faster with one thread for each.
    public var sharesClips: Bool {
        if case .packed(let encoder) = implementation { return encoder.sharesClips }
        return false
    }

    /// Floating-point operations in the matrix products of one clip.
    public var operationsPerClip: Double {
        switch implementation {
        case .packed(let encoder): encoder.operationsPerClip
        case .plain: configuration.operationsPerClip
        }
    }

    /// Encodes one clip.
    ///
    /// - Parameter pixels: RGB bytes `[frames, imageSize, imageSize, 3]`.
    public func callAsFunction(pixels: [UInt8]) -> EncodedVideo {
        switch implementation {
        case .packed(let encoder):
            return encoder(pixels: pixels)
        case .plain(let encoder, let tubelets):
            let (frames, size) = (configuration.frames, configuration.imageSize)
            return encoder(.stacked([tubelets(pixels, frames: frames, height: size, width: size)]))
        }
    }

    /// The feature of each clip: `[batch, featureChannels]`.
    public func features(_ encoded: EncodedVideo) -> Tensor { readout.features(encoded) }

    /// Global features: `[batch, common]`.
    public func globalFeatures(_ encoded: EncodedVideo) -> Tensor { readout.globalFeatures(encoded) }
}
