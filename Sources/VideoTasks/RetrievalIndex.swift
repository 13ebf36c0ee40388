import Foundation
import Networks
public import SViLM
public import Tensors
import Threads

/// Videos in the space shared with text, to be searched by words.
public struct RetrievalIndex: Sendable {
    /// What each video is called.
    public let names: [String]
    /// `[videos, common]`, rows of length 1.
    public let vectors: Tensor

    /// A video that was found for a text, or a text for a video.
    public struct Match: Hashable, Sendable {
        public var name: String
        /// Cosine of the angle between video and text, -1 to 1.
        public var similarity: Float
    }

    /// - Parameters:
    ///   - names: what the videos are called.
    ///   - vectors: `[videos, common]`, of any length.
    public init(names: [String], vectors: Tensor) {
        precondition(vectors.rank == 2 && vectors.shape[0] == names.count, "\(names.count) names for \(vectors.shape)")
        self.names = names
        self.vectors = vectors.l2Normalized()
    }

    /// A video from the features that `tal extract` stored for it.
    ///
    /// - Parameters:
    ///   - features: `[time, channels]` made by `encoder`.
    ///   - encoder: the encoder that made the features.
    /// - Returns: its vector in the common space, `[common]`.
    /// - Throws: `SViLMError` where the features do not hold the global vector.
    public static func vector(ofFeatures features: Tensor, encoder: VideoEncoder) throws(SViLMError) -> Tensor {
        try encoder.commonVectors(ofFeatures: features).mean(axes: [0]).l2Normalized()
    }

    /// The similarities of all videos to some texts, `[videos, texts]`.
    public func similarities(to texts: [String], model: VideoLanguageModel) -> Tensor {
        vectors.matmul(model.embed(texts), transposed: true)
    }

    /// How probable each of some texts is for a video when it is one of them, `[videos, texts]`: the softmax of the similarities
    /// at the temperature of the contrastive loss.
    public func probabilities(of texts: [String], model: VideoLanguageModel) -> Tensor {
        (similarities(to: texts, model: model) * exp(model.contrastiveScale.logarithm.value.scalar)).softmax()
    }

    /// The best videos for each text, best first; equal ones in the order of their names.
    public func search(_ texts: [String], count: Int, model: VideoLanguageModel) -> [[Match]] {
        guard !texts.isEmpty, !names.isEmpty else { return texts.map { _ in [] } }
        return search(model.embed(texts), count: count)
    }

    /// The best videos for each text, best first; equal ones in the order of their names.
    ///
    /// - Parameters:
    ///   - texts: `[texts, common]`, rows of length 1, at least one.
    ///   - count: the most videos for each text.
    public func search(_ texts: Tensor, count: Int) -> [[Match]] {
        guard !names.isEmpty else { return (0..<texts.shape[0]).map { _ in [] } }
        return Self.best(count, of: names, rows: texts.matmul(vectors, transposed: true))
    }

    /// The best texts for each video, best first; equal ones in the order of the alphabet.
    public func describe(by texts: [String], count: Int, model: VideoLanguageModel) -> [[Match]] {
        guard !texts.isEmpty, !names.isEmpty else { return names.map { _ in [] } }
        return describe(by: texts, vectors: model.embed(texts), count: count)
    }

    /// The best texts for each video, best first; equal ones in the order of the alphabet.
    ///
    /// - Parameters:
    ///   - texts: what may describe a video.
    ///   - vectors: of the texts, `[texts, common]`, rows of length 1, at least one.
    ///   - count: the most texts for each video.
    public func describe(by texts: [String], vectors: Tensor, count: Int) -> [[Match]] {
        guard !names.isEmpty else { return [] }
        return Self.best(count, of: texts, rows: self.vectors.matmul(vectors, transposed: true))
    }

    private static func best(_ count: Int, of names: [String], rows: Tensor) -> [[Match]] {
        let all = rows.elements
        return (0..<rows.shape[0]).map { row in
            let matches = names.indices.map { Match(name: names[$0], similarity: all[row * names.count + $0]) }
            let sorted = matches.sorted {
                $0.similarity != $1.similarity ? $0.similarity > $1.similarity : $0.name < $1.name
            }
            return Array(sorted.prefix(count))
        }
    }
}
