public import Encoders
public import Features
public import Tensors
public import Video

/// A published encoder under a protocol as an encoder of snippets.
public struct PublishedSnippetEncoder: ProtocolEncoder {
    public let origin: FeatureOrigin
    public let channels: Int
    /// What was read, with what tensors alone do not tell: "CLIP of width 768, … (OpenAI names, 12 heads, quick_gelu)".
    public let summary: String
    /// Tensors of the weight file that have no use.
    public let leftOver: [String]
    private let engine: FrozenTransformer
    public let rules: EncoderProtocol
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
        guard model.takesPictures || rules.framePooling != .changes else {
            throw refuse("keeps changes between frames, which this encoder takes as one")
        }
        var configuration = PublishedEncoderConfiguration()
        (configuration.name, configuration.protocol) = (name, rules)
        engine = try FrozenTransformer(
            published, otherSizes: rules.otherSizes.flatMap(TransformerSettings.OtherSizes.init), precision: precision)
        origin = FeatureOrigin(
            encoder: "\(name)@\(rules.name)", encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: weightsSHA256, encoderPrecision: precision.rawValue)
        channels = model.channels(feature) * rules.framePooling.factor
        summary =
            "\(model.name) (\(published.names) names, \(model.settings.heads) heads, "
            + "\(model.settings.activation.rawValue)), protocol \(rules.name)"
        leftOver = published.leftOver
        self.rules = rules
        self.feature = feature
    }

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
                return rules.framePooling(.concatenated(Array(rows.prefix(clip.shape[0])), axis: 0))
            }, axis: 0)
    }
}

extension VisionTransformer {
    /// Whether it encodes single pictures.
    var takesPictures: Bool { settings.frames == 1 && settings.tubelet == 1 }
}
