public import Encoders
public import Features
public import Tensors
public import Video

/// EfficientNet-Lite0 under a protocol as an encoder of snippets: frames are encoded one by one, and their features pooled.
public struct EfficientNetSnippetEncoder: ProtocolEncoder {
    public let origin: FeatureOrigin
    public let channels: Int
    public let leftOver: [String]
    public let rules: EncoderProtocol
    private let engine: FrozenConvolutions

    /// - Parameters:
    ///   - file: the weights, as published.
    ///   - name: stored with the features.
    ///   - rules: which frames are taken and how they are pooled; must be valid.
    ///   - precision: `float32`, the only one that there is.
    /// - Throws: `EncoderError` where weights do not fit, or the protocol asks for what the network does not give; `FileError`.
    public init(_ file: PublishedFile, name: String, rules: EncoderProtocol, precision: ComputePrecision) throws {
        func refuse(_ problem: String) -> EncoderError {
            .unfitInput(encoder: "\(file.path): \(EfficientNetLite0.family)", problem: problem)
        }
        guard precision == .float32 else { throw refuse("computes in float32, not in \(precision.rawValue)") }
        guard rules.feature == "pooled" else {
            throw refuse("protocol \(rules.name): keeps '\(rules.feature)'; expected pooled")
        }
        let (rows, columns) = (rules.preprocessing.outputHeight, rules.preprocessing.outputWidth)
        guard [rows, columns].allSatisfy(EfficientNetLite0.sides.contains) else {
            throw refuse("protocol \(rules.name): gives frames of \(columns)x\(rows); expected sides from 32 to 1024")
        }
        let network = try EfficientNetLite0.read(file)
        var configuration = PublishedEncoderConfiguration()
        (configuration.name, configuration.protocol) = (name, rules)
        engine = FrozenConvolutions(network, rows: rows, columns: columns)
        origin = FeatureOrigin(
            encoder: "\(name)@\(rules.name)", encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: try file.digest(), encoderPrecision: precision.rawValue)
        channels = EfficientNetLite0.channels * rules.framePooling.factor
        leftOver = network.leftOver
        self.rules = rules
    }

    public var summary: String { "\(EfficientNetLite0.family), protocol \(rules.name)" }

    public var operationsPerClip: Double? {
        let prepared = rules.preprocessing
        return EfficientNetLite0.operations(rows: prepared.outputHeight, columns: prepared.outputWidth)
            * Double(rules.frames)
    }

    public func encode(_ clips: [Clip]) -> Tensor {
        let distinct = DistinctFrames(clips)
        let rows = engine(distinct.firsts.count) { index in
            let (clip, frame) = distinct.firsts[index]
            return rules.preprocessing.normalized(clips[clip].image(frame))
        }
        return distinct.pooled(rows, by: rules.framePooling)
    }
}
