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
        let pixels = rules.preprocessing.normalized(clips)
        let rows = Parallel.map(clips.count) { index in Result { try encode(pixels[index]) } }
        return .concatenated(try rows.map { try $0.get() }, axis: 0)
    }

    private func encode(_ pixels: Tensor) throws -> Tensor {
        guard !model.settings.takesClips else { return try model(pixels).reshaped([1, channels]) }
        let frames = try (0..<pixels.shape[0]).map { try model(pixels.slice(axis: 0, $0..<$0 + 1)) }
        return rules.framePooling(.stacked(frames))
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
