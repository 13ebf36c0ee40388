import Extraction
import Features
import Foundation
import Tensors

/// The weights of encoders that come with the toolkit, found by their digest.
enum ShippedWeights {
    /// A run keeps copies of weights that are no larger.
    private static let largestCopy = 64 << 20

    /// The file of weights with a digest; nil where none comes with the toolkit, or where it is too large to be copied.
    ///
    /// - Parameter sha256: the digest that features and runs carry; nil or empty where there are no weights.
    static func file(sha256: String?) -> String? {
        guard let sha256, !sha256.isEmpty else { return nil }
        let shipped = ShippedFiles.standard
        for name in shipped.names(of: .encoder) {
            guard let configuration = shipped.path(of: name, as: .encoder),
                let weights = try? EncoderWeights.find(nil, configuration: configuration),
                let size = try? FileManager.default.attributesOfItem(atPath: weights)[.size] as? Int,
                size <= largestCopy,
                let choice = try? EncoderChoice(configuration: configuration, weights: weights, seed: 0).load(
                    precision: .float32), choice.encoder.origin.weightsSHA256 == sha256
            else { continue }
            return weights
        }
        return nil
    }
}
