import Foundation
public import Tensors

/// The text encoder of a CLIP or SigLIP: numbers of word pieces become a vector in the space shared with pictures.
public struct TextTower: Sendable {
    /// Channels of a token.
    public let width: Int
    /// The most pieces of a text, start and end included.
    public let context: Int
    /// Known pieces.
    public let vocabulary: Int
    /// Values of the vector of a text.
    public let channels: Int
    /// The factor on cosines of texts and pictures that the model was trained with, as its natural logarithm.
    public let logitScale: Float?
    /// What is added to them.
    public let logitBias: Float?
    let weights: TextWeights
    private let pooling: Pooling

    /// The token that stands for the text.
    enum Pooling: Sendable, Hashable {
        /// The first that has this number.
        case first(Int)
        /// The first that has the highest number, which is that of the end.
        case highest
        /// The last one, even if it is padding.
        case last
    }

    init(_ weights: TextWeights, pooling: Pooling, logitScale: Float?, logitBias: Float?) {
        self.weights = weights
        self.pooling = pooling
        self.logitScale = logitScale
        self.logitBias = logitBias
        (vocabulary, width) = (weights.tokens.shape[0], weights.tokens.shape[1])
        context = weights.positions.shape[0]
        channels = weights.projection.weight.shape[0]
    }

    /// The vector of one text, not normalised: `[1, channels]`.
    ///
    /// - Parameters:
    ///   - pieces: from 1 to ``context`` numbers below ``vocabulary``.
    ///   - observe: for comparing stages.
    /// - Throws: ``EncoderError/unfitInput(encoder:problem:)``
    public func callAsFunction(_ pieces: [Int], observe: VisionTransformer.Observer? = nil) throws -> Tensor {
        guard !pieces.isEmpty, pieces.count <= context, pieces.allSatisfy({ (0..<vocabulary).contains($0) }) else {
            throw EncoderError.unfitInput(
                encoder: "text tower",
                problem: "\(pieces.count) pieces; expected 1 to \(context) numbers below \(vocabulary)")
        }
        var x = weights.tokens.gathered(pieces) + weights.positions.slice(axis: 0, 0..<pieces.count)
        observe?("text_embed", x)
        for (number, block) in weights.blocks.enumerated() {
            x = block(x, weights.context)
            observe?("text_block_\(number)", x)
        }
        x = weights.norm(x)
        observe?("text_norm", x)
        let place =
            switch pooling {
            case .first(let end): pieces.firstIndex(of: end) ?? pieces.count - 1
            case .highest: pieces.firstIndex(of: pieces.max() ?? 0) ?? pieces.count - 1
            case .last: pieces.count - 1
            }
        let pooled = x.slice(axis: 0, place..<place + 1)
        observe?("text_pooled", pooled)
        let projected = weights.projection(pooled)
        observe?("text_embeds", projected)
        return projected
    }

    /// What the model says of pictures and texts together: `exp(scale) · cosine + bias`, `[pictures, texts]`.
    public func logits(images: Tensor, texts: Tensor) -> Tensor {
        let cosines = images.l2Normalized().matmul(texts.l2Normalized(), transposed: true)
        return cosines.affine(scale: exp(logitScale ?? 0), shift: logitBias ?? 0)
    }
}

/// The weights of a ``TextTower``.
struct TextWeights: Sendable {
    /// `[vocabulary, width]`
    var tokens: Tensor
    /// `[context, width]`
    var positions: Tensor
    var blocks: [BlockWeights]
    var norm: NormWeights
    var projection: LinearWeights
    var context: BlockWeights.Context
}
