public import Encoders
public import Features
public import Tensors
import Threads
public import Video

/// A model in ONNX's format, run by ONNX Runtime, as an encoder of snippets: a clip on each thread.
public struct ONNXSnippetEncoder: ProtocolEncoder {
    public let origin: FeatureOrigin
    public let channels: Int
    private let model: ONNXEncoder

    /// - Parameters:
    ///   - path: the `.onnx` file.
    ///   - settings: how it is used; must be valid.
    /// - Throws: `EncoderError` where there is no ONNX Runtime or the model is not as declared; `FileError`.
    public init(path: String, settings: ONNXSettings) throws {
        model = try ONNXEncoder(path: path, settings: settings)
        let takesClips = settings.takesClips
        channels = model.channels * (takesClips ? 1 : settings.protocol.framePooling.factor)
        origin = FeatureOrigin(
            encoder: "\(settings.name)@\(settings.protocol.name)",
            encoderConfiguration: try EncoderSettings.json(settings), weightsSHA256: model.digest,
            encoderPrecision: ComputePrecision.float32.rawValue)
    }

    public var rules: EncoderProtocol { model.settings.protocol }
    public var leftOver: [String] { [] }
    public var engine: String? { model.engine }
    public var summary: String {
        "\(model.settings.name), \(model.channels) values, run by \(model.engine), protocol \(rules.name)"
    }

    public func encode(_ clips: [Clip]) throws -> Tensor {
        guard !model.settings.takesClips else {
            let pixels = rules.preprocessing.normalized(clips)
            return .concatenated(try rows(clips.count) { pixels[$0] }, axis: 0)
        }
        let distinct = DistinctFrames(clips)
        let encoded = try rows(distinct.firsts.count) { index in
            let (clip, frame) = distinct.firsts[index]
            let pixels = rules.preprocessing.normalized(clips[clip].image(frame))
            return pixels.reshaped([1] + pixels.shape)
        }
        return distinct.pooled(.concatenated(encoded, axis: 0), by: rules.framePooling)
    }

    /// What the model makes of each of several inputs, one on each thread: `[1, channels]` each.
    private func rows(_ count: Int, pixels: @Sendable (Int) -> Tensor) throws -> [Tensor] {
        let rows = Parallel.map(count) { index in
            Result { try model(pixels(index)).reshaped([1, model.channels]) }
        }
        return try rows.map { try $0.get() }
    }
}

extension EncoderKind {
    static let onnx = EncoderKind(ONNXSettings.kind, ONNXSettings.self) { source in
        try source.refuseOtherPrecisions()
        let settings = try ONNXSettings.load(from: source.configuration)
        guard let weights = source.weights else {
            throw ExtractionError.missingWeights(encoder: source.configuration, source: nil)
        }
        return try ONNXSnippetEncoder(path: weights, settings: settings)
    }
}
