public import Tensors
import Threads

/// A published encoder, run the fastest way this machine has.
public struct FrozenTransformer: Sendable {
    /// The model; where it is packed, without its blocks.
    public let model: VisionTransformer
    private let packed: PackedTransformer?

    /// Packs the weights of a model.
    ///
    /// - Parameters:
    ///   - model: the encoder with its weights.
    ///   - precision: the arithmetic of its matmuls.
    ///   - file: the weight file, for errors.
    ///   - isPlain: whether the model is run as it is defined, for comparisons.
    /// - Throws: ``EncoderError/unfitInput(encoder:problem:)`` where the precision cannot be had.
    public init(_ model: VisionTransformer, precision: ComputePrecision, file: String, isPlain: Bool = false) throws {
        let obstacle = PackedTransformer.obstacle(model.settings, precision: precision)
        guard obstacle != nil || isPlain else {
            self.init(model.withoutBlocks, PackedTransformer(model, precision: precision))
            return
        }
        guard precision == .float32 else {
            throw EncoderError.unfitInput(
                encoder: "\(file): \(model.name)",
                problem: "cannot be computed in \(precision.rawValue) (\(obstacle ?? "by definition")); take float32")
        }
        self.init(model, nil)
    }

    /// Takes over what was packed while the file was read, or packs now.
    ///
    /// - Parameters:
    ///   - published: the encoder as read.
    ///   - otherSizes: a rule for tables of positions instead of the model's own.
    ///   - precision: the data type of matmuls.
    /// - Throws: ``EncoderError/unfitInput(encoder:problem:)`` where the precision cannot be had.
    public init(
        _ published: PublishedEncoder, otherSizes: TransformerSettings.OtherSizes? = nil, precision: ComputePrecision
    ) throws {
        let model = otherSizes.map(published.model.with(otherSizes:)) ?? published.model
        guard let blocks = published.packed else {
            try self.init(model, precision: precision, file: published.path)
            return
        }
        guard blocks.precision == precision else {
            throw EncoderError.unfitInput(
                encoder: "\(published.path): \(model.name)",
                problem: "was read for \(blocks.precision.rawValue), not for \(precision.rawValue)")
        }
        self.init(
            model.withoutBlocks, PackedTransformer(model, blocks: blocks.blocks, precision: precision))
    }

    private init(_ model: VisionTransformer, _ packed: PackedTransformer?) {
        self.model = model
        self.packed = packed
    }

    /// Whether the kernels for frozen encoders do the work.
    public var isPacked: Bool { packed != nil }

    /// The tokens of one clip.
    ///
    /// - Parameters:
    ///   - pixels: `[frames, height, width, 3]`, of a size that ``VisionTransformer/check(frames:height:width:)`` accepts.
    ///   - observe: for comparing stages.
    public func callAsFunction(_ pixels: Tensor, observe: VisionTransformer.Observer? = nil) -> EncodedTokens {
        packed?(pixels, observe: observe) ?? model.run(pixels, observe: observe)
    }

    /// A feature of one clip: `[rows, channels]`.
    public func feature(_ feature: VisionTransformer.Feature, of pixels: Tensor) -> Tensor {
        model.feature(feature, of: self(pixels))
    }

    /// A feature of each of several clips of one size: `[rows, channels]` each, in order.
    public func features(_ feature: VisionTransformer.Feature, of clips: [Tensor]) -> [Tensor] {
        guard let packed else {
            return sharesClips(clips)
                ? clips.map { self.feature(feature, of: $0) }
                : Parallel.map(clips.count) { self.feature(feature, of: clips[$0]) }
        }
        let encoded = packed(clips)
        return Parallel.map(encoded.count) { model.feature(feature, of: encoded[$0]) }
    }

    /// How many clips are best given at a time.
    ///
    /// - Parameters:
    ///   - frames: of a clip.
    ///   - height: of a frame.
    ///   - width: of a frame.
    public func clipsTogether(frames: Int, height: Int, width: Int) -> Int {
        let grid = model.settings.grid(frames: frames, height: height, width: width)
        guard isPacked else { return model.settings.operations(grid) > Self.shared ? 1 : 4 * Parallel.threads }
        return PackedTransformer.clipsTogether(tokens: grid.count + model.settings.prefixTokens)
    }

    /// Whether a clip is work enough to be shared by all threads. Small clips are better given to one thread each.
    private func sharesClips(_ clips: [Tensor]) -> Bool {
        guard let shape = clips.first?.shape else { return true }
        return clipsTogether(frames: shape[0], height: shape[1], width: shape[2]) == 1
    }

    /// Floating-point operations from which a clip is shared by all threads.
    private static var shared: Double { 8e9 * Double(Parallel.threads) }
}
