import Configuration
import Extraction
import Features
import Files
import Foundation
import Networks
import SViLM

/// The weights of encoders that come with the toolkit, found by their digest.
enum ShippedWeights {
    /// A run keeps copies of weights that are no larger.
    private static let largestCopy = 64 << 20

    /// The file of an encoder's weights; nil where the toolkit has none of that digest, or where it is too large to be copied.
    ///
    /// - Parameters:
    ///   - encoder: the name of the encoder, as features and runs say it; nil where they do not.
    ///   - sha256: the digest that they say; nil or empty where there are no weights.
    ///   - shipped: where to look.
    /// - Throws: `FileError`, `ConfigurationError`, `TensorFileError` or `NetworkError` of an encoder of that name.
    static func file(
        encoder: String?, sha256: String?, in shipped: ShippedFiles = .standard
    ) throws -> String? {
        guard let encoder, let sha256, !sha256.isEmpty else { return nil }
        for name in shipped.names(of: .encoder) {
            guard let configuration = shipped.path(of: name, as: .encoder),
                try isNamed(encoder, configuration),
                let weights = try EncoderWeights.find(nil, configuration: configuration),
                DurableFile.size(of: weights) <= largestCopy
            else { continue }
            // The digest is of the values, so the model is read, but not packed for speed.
            let model = try EncoderFile.load(configuration: configuration, weights: weights, seed: 0)
            if Weights.hash(of: model) == sha256 { return weights }
        }
        return nil
    }

    private static func isNamed(_ encoder: String, _ configuration: String) throws -> Bool {
        guard try EncoderSettings.type(ofFile: configuration) == EncoderConfiguration.self else { return false }
        return try ConfigurationFile.load(EncoderConfiguration.self, from: configuration).name == encoder
    }
}
