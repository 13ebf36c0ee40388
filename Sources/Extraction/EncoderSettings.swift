import Configuration
import Foundation
import SViLM
public import Tensors
import Video

/// Makes encoders from their files.
public enum EncoderSettings {
    /// Builds the encoder that a configuration file describes; its `kind` is `svilm` (where missing) or `frame-difference`.
    ///
    /// - Parameters:
    ///   - configuration: path of the YAML file.
    ///   - weights: path of a safetensors file; random weights from `seed` where `nil`.
    ///   - seed: the seed of random weights.
    ///   - precision: the arithmetic of an `svilm` encoder; others know `float32` only.
    /// - Throws: `ConfigurationError`, `TensorFileError`, `NetworkError`, `SViLMError` or ``ExtractionError``.
    public static func load(
        configuration: String, weights: String?, seed: UInt64, precision: ComputePrecision = .float32
    ) throws -> any SnippetEncoder {
        let kind = try ConfigurationFile.scalar("kind", in: configuration)
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
        case let other:
            throw ConfigurationError.invalidValue(
                file: configuration, key: "kind",
                problem: "is '\(other)'; known kinds are svilm and \(FrameDifferenceConfiguration.kind)")
        }
    }

    /// Settings as JSON with keys in snake case, always in the same order.
    static func json(_ settings: some Configurable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(settings), as: UTF8.self)
    }
}
