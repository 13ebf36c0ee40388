import Configuration
import Networks

/// Encoders on disk: a YAML configuration, and weights as safetensors.
public enum EncoderFile {
    /// Builds an encoder.
    ///
    /// - Parameters:
    ///   - path: path of the YAML file.
    ///   - weights: path of the safetensors file; random weights from `seed` where `nil`.
    ///   - seed: of random weights.
    /// - Throws: `ConfigurationError`, `TensorFileError` or `NetworkError`.
    public static func load(configuration path: String, weights: String?, seed: UInt64) throws -> VideoEncoder {
        let configuration = try ConfigurationFile.load(EncoderConfiguration.self, from: path)
        let encoder = VideoEncoder(
            configuration, seed: seed, initialization: weights == nil ? .xavierUniform : .zeros)
        if let weights { try Weights.load(encoder, from: weights) }
        return encoder
    }
}
