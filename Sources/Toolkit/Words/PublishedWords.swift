import Encoders
import Extraction
import Features
import Files
import Foundation
import Tensors

/// The words of a published CLIP or SigLIP.
struct PublishedWords: WordModel {
    let words: WordEncoder
    let path: String
    /// The encoder of videos as `EncoderSettings` takes it.
    let encoder: String
    let weights: String?
    let rules: String?
    var digest: String { words.digest }

    func embed(_ texts: [String]) throws -> Tensor { try words.embed(texts) }

    /// Its tokenizer spells any word.
    func notice(_ texts: [String]) -> Notice? { nil }

    /// CLIP was trained to choose among texts. A SigLIP's probabilities are those of single texts; where it is one of them, its
    /// bias has no part in it.
    func probabilities(_ similarities: Tensor) -> Tensor {
        (similarities * exp(words.tower.logitScale ?? 0)).softmax()
    }

    func check(_ origin: FeatureOrigin, features: String) throws {
        guard origin.weightsSHA256 == words.digest else { throw ToolkitError.otherWeights(features: features) }
        struct Configuration: Decodable {
            struct Rules: Decodable { var feature: String? }
            var `protocol`: Rules?
        }
        let settings = try? JSONDecoder().decode(Configuration.self, from: Data(origin.encoderConfiguration.utf8))
        guard let kept = settings?.protocol?.feature, kept != words.imageFeature else { return }
        throw ToolkitError.noWords(
            model: features,
            problem:
                "their protocol keeps '\(kept)'; only '\(words.imageFeature)' lies in the space of \(words.family)'s words"
        )
    }

    func snippetVectors(_ features: Tensor) throws -> Tensor {
        guard features.shape[1] == words.tower.channels else {
            throw ToolkitError.noWords(
                model: path,
                problem: "its words have \(words.tower.channels) channels and the features \(features.shape[1])")
        }
        return features.l2Normalized()
    }

    func makeEncoder(_ precision: ComputePrecision) throws -> any SnippetEncoder {
        try EncoderSettings.load(
            configuration: encoder, weights: weights, seed: 0, precision: precision, protocol: rules)
    }
}
