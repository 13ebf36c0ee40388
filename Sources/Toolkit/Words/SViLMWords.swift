import Extraction
import Features
import Files
import Foundation
import Networks
import SViLM
import Tensors

/// The words of an S-ViLM.
struct SViLMWords: WordModel {
    let model: VideoLanguageModel
    let path: String
    let digest: String

    init(_ model: VideoLanguageModel, path: String) {
        (self.model, self.path) = (model, path)
        digest = Weights.hash(of: model.video)
    }

    func embed(_ texts: [String]) -> Tensor { model.embed(texts) }

    func notice(_ texts: [String]) throws -> Notice? {
        try VocabularyCheck.notice(texts, tokenizer: model.tokenizer, model: path)
    }

    /// The softmax at the temperature of the contrastive loss.
    func probabilities(_ similarities: Tensor) -> Tensor {
        (similarities * exp(model.contrastiveScale.logarithm.value.scalar)).softmax()
    }

    func check(_ origin: FeatureOrigin, features: String) throws {
        guard origin.weightsSHA256 == digest else { throw ToolkitError.otherWeights(features: features) }
    }

    func snippetVectors(_ features: Tensor) throws -> Tensor { try model.video.commonVectors(ofFeatures: features) }

    func makeEncoder(_ precision: ComputePrecision) throws -> any SnippetEncoder {
        try SViLMSnippetEncoder(model.video, precision: precision)
    }
}
