public import Networks
public import Tensors

/// A transformer block that normalises after each addition, as BERT's do: attention, then a feed-forward network.
public struct PostNormBlock: Module {
    public let attention: SelfAttention
    public let attentionNorm: LayerNorm
    public let feedForward: FeedForward
    public let feedForwardNorm: LayerNorm

    init(_ channels: Int, heads: Int, hidden: Int, using generator: inout RandomGenerator) {
        attention = SelfAttention(channels, heads: heads, initialization: .xavierUniform, using: &generator)
        attentionNorm = LayerNorm(channels, epsilon: 1e-12)
        feedForward = FeedForward(channels, hidden: hidden, initialization: .xavierUniform, using: &generator)
        feedForwardNorm = LayerNorm(channels, epsilon: 1e-12)
    }

    /// `[batch, length, channels]` for the same.
    ///
    /// - Parameters:
    ///   - x: vectors of the word pieces.
    ///   - mask: `[batch, length]`, 1 where a piece is no padding.
    public func callAsFunction(_ x: Tensor, mask: Tensor) -> Tensor {
        let attended = attentionNorm(x + attention(x, mask: mask))
        return feedForwardNorm(attended + feedForward(attended))
    }
}

/// The text encoder: a BERT (Devlin et al., 2019) whose first piece stands for the text in the space shared with video.
///
/// BERT's segment embedding is the same for every piece of a single text and is part of the position embedding here.
public struct TextEncoder: Module {
    public let pieceEmbedding: Embedding
    /// `[maximum length, width]`
    public let position: Parameter
    public let embeddingNorm: LayerNorm
    public let blocks: [PostNormBlock]
    /// To the common space.
    public let projection: Linear
    /// How it was built.
    public let configuration: TextConfiguration

    /// An encoder with random weights.
    ///
    /// - Parameters:
    ///   - configuration: must be valid.
    ///   - vocabularySize: number of word pieces.
    ///   - commonSpace: channels shared with video.
    ///   - seed: of the random weights.
    public init(_ configuration: TextConfiguration, vocabularySize: Int, commonSpace: Int, seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        let width = configuration.width
        pieceEmbedding = Embedding(vocabularySize, width, using: &generator)
        position = Parameter(
            .normal([configuration.maximumLength, width], standardDeviation: 0.02, using: &generator), decays: false)
        embeddingNorm = LayerNorm(width, epsilon: 1e-12)
        blocks = (0..<configuration.depth).map { _ in
            PostNormBlock(
                width, heads: configuration.heads, hidden: width * configuration.feedForwardRatio, using: &generator)
        }
        projection = Linear(width, commonSpace, initialization: .xavierUniform, using: &generator)
        self.configuration = configuration
    }

    /// Texts in the common space.
    ///
    /// - Parameters:
    ///   - texts: numbers of word pieces from ``WordPieceTokenizer/encode(_:maximumLength:)``; at least one text, none
    ///     longer than the configured length.
    ///   - tape: where gradients are wanted.
    /// - Returns: `[texts, common]`
    public func callAsFunction(_ texts: [[Int]], tape: Tape? = nil) -> Tensor {
        projection(hidden(texts, tape: tape).slice(axis: 1, 0..<1).reshaped([texts.count, configuration.width]))
    }

    /// The vectors of all pieces after the last block, `[texts, longest text, width]`; those of padding mean nothing.
    public func hidden(_ texts: [[Int]], tape: Tape? = nil) -> Tensor {
        let length = texts.map(\.count).max() ?? 0
        precondition(
            length <= configuration.maximumLength && !texts.isEmpty, "\(texts.count) texts of \(length) pieces")
        let padded = texts.flatMap { $0 + [Int](repeating: 0, count: length - $0.count) }
        let mask = Tensor([texts.count, length]) { target in
            for (row, text) in texts.enumerated() {
                for index in 0..<length { target[row * length + index] = index < text.count ? 1 : 0 }
            }
        }
        let embedded = pieceEmbedding(padded, tape: tape).reshaped([texts.count, length, configuration.width])
        var x = embeddingNorm(embedded + position(with: embedded).slice(axis: 0, 0..<length))
        for block in blocks { x = block(x, mask: mask) }
        return x
    }
}
