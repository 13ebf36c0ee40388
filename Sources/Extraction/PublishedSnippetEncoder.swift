public import Encoders
public import Features
public import Tensors
import Threads
public import Video

/// A published encoder under a protocol as an encoder of snippets.
public struct PublishedSnippetEncoder: SnippetEncoder {
    public let origin: FeatureOrigin
    public let channels: Int
    /// What was read, with what tensors alone do not tell: "CLIP of width 768, … (OpenAI names, 12 heads, quick_gelu)".
    public let summary: String
    /// Tensors of the weight file that have no use.
    public let leftOver: [String]
    private let engine: FrozenTransformer
    private let rules: EncoderProtocol
    private let feature: VisionTransformer.Feature

    /// - Parameters:
    ///   - published: whose weights are used.
    ///   - name: stored with the features.
    ///   - weightsSHA256: the digest of the weight file.
    ///   - precision: the data type of matmuls.
    ///   - rules: which frames are taken and what is kept; must be valid.
    /// - Throws: `EncoderError` where the encoder cannot take the frames of the protocol or lacks its feature, or cannot compute
    ///   in the precision; `FileError`.
    public init(
        _ published: PublishedEncoder, name: String, rules: EncoderProtocol, weightsSHA256: String,
        precision: ComputePrecision = .float32
    ) throws {
        let model = published.model
        func refuse(_ problem: String) -> EncoderError {
            .unfitInput(encoder: "\(published.path): \(model.name)", problem: "protocol \(rules.name): \(problem)")
        }
        let perClip = model.takesPictures ? 1 : rules.frames
        if case .sinusoid = model.settings.positions, rules.frames > model.settings.frames, rules.otherSizes == nil {
            throw refuse(
                "asks for \(rules.frames) frames; expected at most \(model.settings.frames), or 'other_sizes' to say how its "
                    + "table of positions grows")
        }
        do {
            try model.check(
                frames: perClip, height: rules.preprocessing.outputHeight, width: rules.preprocessing.outputWidth)
        } catch EncoderError.unfitInput(_, let problem) {
            throw refuse(problem)
        }
        guard let feature = VisionTransformer.Feature(rawValue: rules.feature), model.has(feature) else {
            throw refuse("keeps '\(rules.feature)', which these weights do not give")
        }
        guard feature != .perStep || !model.takesPictures else {
            throw refuse("keeps steps in time, which an encoder of pictures does not give")
        }
        var configuration = PublishedEncoderConfiguration()
        (configuration.name, configuration.protocol) = (name, rules)
        engine = try FrozenTransformer(
            published, otherSizes: rules.otherSizes.flatMap(TransformerSettings.OtherSizes.init), precision: precision)
        origin = FeatureOrigin(
            encoder: "\(name)@\(rules.name)", encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: weightsSHA256, encoderPrecision: precision.rawValue)
        channels = model.channels(feature)
        summary =
            "\(model.name) (\(published.names) names, \(model.settings.heads) heads, "
            + "\(model.settings.activation.rawValue)), protocol \(rules.name)"
        leftOver = published.leftOver
        self.rules = rules
        self.feature = feature
    }

    /// That of a video of 30 frames a second, where the protocol keeps the rate of videos.
    public var clock: SamplingClock { rules.clock(own: FrameRate(30)) }

    public func clock(own: FrameRate) -> SamplingClock { rules.clock(own: own) }

    public func grid(of clock: SamplingClock) -> SnippetGrid {
        let steps = Double(stepsPerClip)
        return SnippetGrid(
            frameRateNumerator: clock.frameRate.numerator, frameRateDenominator: clock.frameRate.denominator,
            strideFrames: Double(clock.strideFrames) / steps, windowFrames: Double(clock.windowFrames) / steps)
    }

    /// Rows that a clip gives.
    private var stepsPerClip: Int {
        feature == .perStep ? max(1, rules.frames / engine.model.settings.tubelet) : 1
    }

    /// Frames come in their own size: their protocol resizes them.
    public var frameShape: FrameShape { .native }

    public var frameTransform: (any FrameTransform)? { Preparation(settings: rules.preprocessing) }

    /// As many clips as are best encoded together; large ones come one by one, so that none waits for the next to be decoded.
    public var batchSize: Int {
        let frames = engine.model.takesPictures ? 1 : rules.frames
        let together = engine.clipsTogether(
            frames: frames, height: rules.preprocessing.outputHeight, width: rules.preprocessing.outputWidth)
        return max(1, together * frames / rules.frames)
    }

    public var operationsPerClip: Double? {
        let settings = engine.model.settings
        let frames = engine.model.takesPictures ? 1 : rules.frames
        let grid = settings.grid(
            frames: frames, height: rules.preprocessing.outputHeight, width: rules.preprocessing.outputWidth)
        return settings.operations(grid) * Double(rules.frames / frames)
    }

    public func encode(_ clips: [Clip]) -> Tensor {
        let pixels = rules.preprocessing.normalized(clips)
        guard engine.model.takesPictures else {
            return .concatenated(engine.features(feature, of: pixels), axis: 0)
        }
        let pictures = pixels.flatMap { clip in
            (0..<clip.shape[0]).map { clip.slice(axis: 0, $0..<$0 + 1) }
        }
        var rows = engine.features(feature, of: pictures)[...]
        return .concatenated(
            pixels.map { clip in
                defer { rows = rows.dropFirst(clip.shape[0]) }
                return pooled(Array(rows.prefix(clip.shape[0])))
            }, axis: 0)
    }

    /// One row for the frames of a window.
    private func pooled(_ rows: [Tensor]) -> Tensor {
        guard rows.count > 1 else { return rows[0] }
        let all = Tensor.concatenated(rows, axis: 0)
        return switch rules.framePooling {
        case .mean: all.mean(axes: [0], keepsAxes: true)
        case .max: all.max(axis: 0).reshaped([1, channels])
        }
    }

    /// Resize and crop on the decoding thread.
    private struct Preparation: FrameTransform {
        var settings: FramePreprocessing

        func callAsFunction(_ frame: RGBImage) -> RGBImage { settings.pixels(of: frame) }
    }
}

extension VisionTransformer {
    /// Whether it encodes single pictures.
    var takesPictures: Bool { settings.frames == 1 && settings.tubelet == 1 }
}
