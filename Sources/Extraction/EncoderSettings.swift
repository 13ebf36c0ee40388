import Configuration
import Encoders
import Foundation
import SViLM
public import Tensors
import Video

/// Makes encoders from their files.
public enum EncoderSettings {
    /// Builds an encoder: the one that a configuration file describes (its `kind` is `svilm` where missing, `frame-difference`,
    /// `published` or `onnx`), the published one in a folder, or the published one of a name.
    ///
    /// - Parameters:
    ///   - configuration: path of a YAML file or of a folder, or a name of `EncoderCatalogue`.
    ///   - weights: path of a weight file, or of the model for `onnx`; for an `svilm` encoder random weights from `seed` where `nil`.
    ///   - seed: the seed of random weights.
    ///   - precision: the arithmetic; `frame-difference` knows `float32` only.
    ///   - rules: the name of a protocol or the path of its YAML file, for a published encoder; its usual one where `nil`.
    /// - Throws: `ConfigurationError`, `FileError`, `TensorFileError`, `NetworkError`, `SViLMError`, `EncoderError` or
    ///   ``ExtractionError``.
    public static func load(
        configuration: String, weights: String?, seed: UInt64, precision: ComputePrecision = .float32,
        protocol rules: String? = nil
    ) throws -> any SnippetEncoder {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: configuration, isDirectory: &isFolder)
        if isFolder.boolValue {
            let folder = try EncoderFolder(configuration)
            return try PublishedEncoders.load(
                weights: weights ?? folder.weights, configuration: folder.configuration, name: nil, rules: rules,
                precision: precision)
        }
        if !exists, !configuration.contains("/"), !configuration.hasSuffix(".yaml") {
            return try published(configuration, weights: weights, rules: rules, precision: precision)
        }
        let kind = try ConfigurationFile.scalar("kind", in: configuration)
        if kind != PublishedEncoderConfiguration.kind, rules != nil {
            throw ExtractionError.needlessProtocol(configuration: configuration)
        }
        switch kind ?? "svilm" {
        case "svilm":
            return try SViLMSnippetEncoder(
                EncoderFile.load(configuration: configuration, weights: weights, seed: seed), precision: precision)
        case FrameDifferenceConfiguration.kind:
            guard weights == nil else { throw ExtractionError.needlessWeights(configuration: configuration) }
            guard precision == .float32 else {
                throw ExtractionError.fixedPrecision(configuration: configuration, precision: precision.rawValue)
            }
            return try FrameDifferenceEncoder(ConfigurationFile.load(from: configuration))
        case PublishedEncoderConfiguration.kind:
            let settings = try ConfigurationFile.load(PublishedEncoderConfiguration.self, from: configuration)
            guard let weights else { throw ExtractionError.missingWeights(encoder: configuration, source: nil) }
            return try PublishedEncoders.load(
                weights: weights, configuration: EncoderFolder.configuration(beside: weights), name: settings.name,
                given: rules == nil ? settings.protocol : nil, rules: rules, precision: precision)
        case ONNXSettings.kind:
            guard precision == .float32 else {
                throw ExtractionError.fixedPrecision(configuration: configuration, precision: precision.rawValue)
            }
            let settings = try ONNXSettings.load(from: configuration)
            guard let weights else { throw ExtractionError.missingWeights(encoder: configuration, source: nil) }
            return try ONNXSnippetEncoder(path: weights, settings: settings)
        case let other:
            throw ConfigurationError.invalidValue(
                file: configuration, key: "kind",
                problem: "is '\(other)'; known kinds are svilm, \(FrameDifferenceConfiguration.kind), "
                    + "\(PublishedEncoderConfiguration.kind) and \(ONNXSettings.kind)")
        }
    }

    /// Whether a configuration names a published encoder: a folder, a name, or a file of that kind.
    ///
    /// - Throws: `ConfigurationError` where a file cannot be read.
    public static func isPublished(_ configuration: String) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: configuration, isDirectory: &isFolder) else {
            return !configuration.contains("/") && !configuration.hasSuffix(".yaml")
        }
        return try isFolder.boolValue
            || ConfigurationFile.scalar("kind", in: configuration) == PublishedEncoderConfiguration.kind
    }

    /// The encoder of a name, whose weights must be given.
    private static func published(
        _ name: String, weights: String?, rules: String?, precision: ComputePrecision
    ) throws -> any SnippetEncoder {
        let entry = try EncoderCatalogue.entry(named: name)
        guard let weights else { throw ExtractionError.missingWeights(encoder: name, source: entry.weights) }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: weights, isDirectory: &isFolder), isFolder.boolValue {
            let folder = try EncoderFolder(weights)
            return try PublishedEncoders.load(
                weights: folder.weights, configuration: folder.configuration, name: name, rules: rules,
                precision: precision)
        }
        return try PublishedEncoders.load(
            weights: weights, configuration: EncoderFolder.configuration(beside: weights), name: name, rules: rules,
            precision: precision)
    }

    /// Settings as JSON with keys in snake case, always in the same order.
    static func json(_ settings: some Configurable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(settings), as: UTF8.self)
    }
}
