import Configuration
import Files
import Foundation

/// Finds the weights that belong to an encoder.
public enum EncoderWeights {
    /// The name of the weights in the folder of a pre-trained model, beside the encoder's configuration.
    public static let fileName = "encoder.safetensors"

    /// The file of weights to use.
    ///
    /// - Parameters:
    ///   - weights: a safetensors file, or a folder with ``fileName`` in it; where nil, ``fileName`` beside the configuration
    ///     is taken if it is there.
    ///   - configuration: the encoder's YAML file.
    /// - Returns: nil where nothing was given and nothing was found.
    /// - Throws: `FileError` where a folder was given that holds no weights; `ConfigurationError`.
    public static func find(_ weights: String?, configuration: String) throws -> String? {
        guard let weights else {
            // An encoder that has no weights may be configured in the same folder as one that has.
            let kind = try ConfigurationFile.scalar("kind", in: configuration)
            let beside = DurableFile.folder(of: configuration) + "/" + fileName
            return (kind ?? "svilm") == "svilm" && FileManager.default.fileExists(atPath: beside) ? beside : nil
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: weights, isDirectory: &isFolder), isFolder.boolValue else {
            return weights
        }
        let inside = weights + (weights.hasSuffix("/") ? "" : "/") + fileName
        guard FileManager.default.fileExists(atPath: inside) else { throw FileError.missing(path: inside) }
        return inside
    }
}
