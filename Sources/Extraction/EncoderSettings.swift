package import Configuration
package import Encoders
import Files
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
        if let folder = try folder(meantBy: configuration) {
            return try PublishedEncoders.load(
                weights: weights ?? folder.weights, configuration: folder.configuration, name: nil, rules: rules,
                precision: precision)
        }
        if PathKind(configuration) != .file, !configuration.contains("/"), !configuration.hasSuffix(".yaml") {
            return try published(configuration, weights: weights, rules: rules, precision: precision)
        }
        let kind = try EncoderKind.named(inFile: configuration, among: kinds)
        if !kind.takesProtocol, rules != nil { throw ExtractionError.needlessProtocol(configuration: configuration) }
        return try kind.make(
            EncoderKind.Source(
                configuration: configuration, weights: weights, seed: seed, precision: precision, rules: rules))
    }

    /// The folder of a published encoder that a configuration means; nil where it is no folder, or one that has the name of an encoder
    /// and holds none, such as one with its features.
    ///
    /// - Throws: `FileError` where the folder holds no weights, or several that might be meant.
    package static func folder(meantBy configuration: String) throws -> EncoderFolder? {
        guard PathKind(configuration) == .folder else { return nil }
        let isName = EncoderCatalogue.all.contains { $0.name == configuration }
        return isName && !EncoderFolder.holdsWeights(configuration) ? nil : try EncoderFolder(configuration)
    }

    /// Whether a configuration names a published encoder: a folder, a name, or a file of that kind.
    ///
    /// - Throws: `ConfigurationError` where a file cannot be read.
    public static func isPublished(_ configuration: String) throws -> Bool {
        switch PathKind(configuration) {
        case .missing: !configuration.contains("/") && !configuration.hasSuffix(".yaml")
        case .folder: true
        case .file: try ConfigurationFile.scalar("kind", in: configuration) == PublishedEncoderConfiguration.kind
        }
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
        if PathKind(weights) == .folder {
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
