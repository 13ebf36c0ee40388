package import Configuration
import Encoders
import Foundation
import SViLM
public import Tensors
import Video

/// Makes encoders from their files.
public enum EncoderSettings {
    /// Builds an encoder: the one that a configuration file describes (its `kind` is `svilm` where missing, `frame-difference`, `motion`,
    /// `published` or `onnx`), the published one in a folder, or the published one of a name.
    ///
    /// - Parameters:
    ///   - configuration: path of a YAML file or of a folder, or a name of `EncoderCatalogue`.
    ///   - weights: path of a weight file, or of the model for `onnx`; for an `svilm` encoder random weights from `seed` where `nil`.
    ///   - seed: the seed of random weights.
    ///   - precision: the data type of the computation; encoders without weights support `float32` only.
    ///   - rules: the name of a protocol or the path of its YAML file, for a published encoder; its usual one where `nil`.
    /// - Throws: `ConfigurationError`, `FileError`, `TensorFileError`, `NetworkError`, `SViLMError`, `EncoderError` or
    ///   ``ExtractionError``.
    public static func load(
        configuration: String, weights: String?, seed: UInt64, precision: ComputePrecision = .float32,
        protocol rules: String? = nil
    ) throws -> any SnippetEncoder {
        try load(
            configuration: configuration, weights: weights, seed: seed, precision: precision, protocol: rules,
            kinds: EncoderKind.all)
    }

    /// The same with the kinds that a file may name.
    static func load(
        configuration: String, weights: String?, seed: UInt64, precision: ComputePrecision = .float32,
        protocol rules: String? = nil, kinds: [EncoderKind]
    ) throws -> any SnippetEncoder {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: configuration, isDirectory: &isFolder)
        if isFolder.boolValue, !isOnlyCalledLikeAnEncoder(configuration) {
            let folder = try EncoderFolder(configuration)
            return try PublishedEncoders.load(
                weights: weights ?? folder.weights, configuration: folder.configuration, name: nil, rules: rules,
                precision: precision)
        }
        if !exists || isFolder.boolValue, !configuration.contains("/"), !configuration.hasSuffix(".yaml") {
            return try published(configuration, weights: weights, rules: rules, precision: precision)
        }
        let kind = try EncoderKind.named(inFile: configuration, among: kinds)
        if !kind.takesProtocol, rules != nil { throw ExtractionError.needlessProtocol(configuration: configuration) }
        return try kind.make(
            EncoderKind.Source(
                configuration: configuration, weights: weights, seed: seed, precision: precision, rules: rules))
    }

    /// Whether a folder has the name of a published encoder and holds none, such as one with its features.
    private static func isOnlyCalledLikeAnEncoder(_ folder: String) -> Bool {
        !folder.contains("/") && (try? EncoderCatalogue.entry(named: folder)) != nil
            && (try? EncoderFolder(folder)) == nil
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

    /// The settings that a configuration file holds, by its `kind`.
    ///
    /// - Throws: `FileError` or `ConfigurationError`.
    package static func type(ofFile path: String) throws -> any Configurable.Type {
        try EncoderKind.named(inFile: path).settings
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
