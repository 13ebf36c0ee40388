public import Tensors
import Threads

/// A published encoder, run the fastest way this machine has.
public struct FrozenTransformer: Sendable {
    /// The model; where it is packed, without its blocks.
    public let model: VisionTransformer
    private let packed: PackedTransformer?

    /// - Parameters:
    ///   - model: the encoder with its weights.
    ///   - precision: the arithmetic of its matmuls.
    ///   - file: the weight file, for errors.
    ///   - isPlain: whether the model is run as it is defined, for comparisons.
    /// - Throws: ``EncoderError/unfitInput(encoder:problem:)`` where the precision cannot be had.
    public init(_ model: VisionTransformer, precision: ComputePrecision, file: String, isPlain: Bool = false) throws {
        let obstacle = PackedTransformer.obstacle(model.settings, precision: precision)
        guard obstacle != nil || isPlain else {
            packed = PackedTransformer(model, precision: precision)
            // Single pictures of V-JEPA 2.1 have an embedding of their own and go the plain way.
            self.model = model.weights.picturePatch == nil ? model.withoutBlocks : model
            return
        }
        guard precision == .float32 else {
            throw EncoderError.unfitInput(
                encoder: "\(file): \(model.name)",
                problem: "cannot be computed in \(precision.rawValue) (\(obstacle ?? "by definition")); take float32")
        }
        packed = nil
        self.model = model
    }

    /// Whether the kernels for frozen encoders do the work.
    public var isPacked: Bool { packed != nil }

    /// The tokens of one clip.
    ///
    /// - Parameters:
    ///   - pixels: `[frames, height, width, 3]`, of a size that ``VisionTransformer/check(frames:height:width:)`` accepts.
    ///   - observe: for comparing stages.
    public func callAsFunction(_ pixels: Tensor, observe: VisionTransformer.Observer? = nil) -> EncodedTokens {
        let isSinglePicture = pixels.shape[0] == 1 && model.weights.picturePatch != nil
        guard let packed, !isSinglePicture else { return model.run(pixels, observe: observe) }
        return packed(pixels, observe: observe)
    }

    /// A feature of one clip: `[rows, channels]`.
    public func feature(_ feature: VisionTransformer.Feature, of pixels: Tensor) -> Tensor {
        model.feature(feature, of: self(pixels))
    }

    /// Whether a clip is work enough to be shared by all threads. Small clips are better given to one thread each.
    public func sharesClips(operations: Double) -> Bool { operations > 8e9 * Double(Parallel.threads) }
}
