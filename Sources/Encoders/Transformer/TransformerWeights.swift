import Tensors

/// A linear layer.
struct LinearWeights: Sendable {
    /// `[outputs, inputs]`
    var weight: Tensor
    /// `[outputs]`
    var bias: Tensor?

    func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias: bias) }
}

/// A normalisation over channels: of layers (Ba et al., 2016) where there is a bias, by the root mean square (Zhang and
/// Sennrich, 2019) where there is none.
struct NormWeights: Sendable {
    /// `[channels]`
    var weight: Tensor
    /// `[channels]`
    var bias: Tensor?
    var epsilon: Float

    /// - Parameter x: `[…, channels]`
    func callAsFunction(_ x: Tensor) -> Tensor {
        guard let bias else { return rootMeanSquare(x) }
        return x.layerNormalized(weight: weight, bias: bias, epsilon: epsilon)
    }

    private func rootMeanSquare(_ x: Tensor) -> Tensor {
        let channels = weight.count
        return Tensor(x.shape) { target in
            x.withElements { x in
                weight.withElements { weight in
                    for start in stride(from: 0, to: x.count, by: channels) {
                        var squares = 0.0
                        for c in 0..<channels { squares += Double(x[start + c]) * Double(x[start + c]) }
                        let scale = Float(1 / (squares / Double(channels) + Double(epsilon)).squareRoot())
                        for c in 0..<channels { target[start + c] = x[start + c] * scale * weight[c] }
                    }
                }
            }
        }
    }
}

/// One block of a transformer.
struct BlockWeights: Sendable {
    var attentionNorm: NormWeights
    var query: LinearWeights
    var key: LinearWeights
    var value: LinearWeights
    /// Of queries and keys over the full width, before they are split into heads.
    var queryNorm: NormWeights?
    var keyNorm: NormWeights?
    var projection: LinearWeights
    /// `[width]`, on what attention adds.
    var attentionScale: Tensor?
    var feedForwardNorm: NormWeights
    /// Twice as many outputs as ``contract`` has inputs where the network is gated.
    var expand: LinearWeights
    var contract: LinearWeights
    /// `[width]`, on what the feed-forward network adds.
    var feedForwardScale: Tensor?
}

/// All weights of an encoder of pictures or videos.
struct TransformerWeights: Sendable {
    /// Values of a patch are ordered frame, row, column, channel.
    var patch: LinearWeights
    /// For single pictures where they have an embedding of their own.
    var picturePatch: LinearWeights?
    /// `[width]`, added to all tokens of a video.
    var videoVector: Tensor?
    /// `[width]`, added to all tokens of a single picture.
    var pictureVector: Tensor?
    /// `[width]`
    var classToken: Tensor?
    /// `[registers, width]`
    var registers: Tensor?
    /// `[tokens, width]`, the class token first where it has a position.
    var positions: Tensor?
    var normBefore: NormWeights?
    var blocks: [BlockWeights]
    var finalNorm: NormWeights?
    var pooled = PooledWeights()
}

/// What follows the blocks.
struct PooledWeights: Sendable {
    /// Of the pooled vector.
    var norm: NormWeights?
    /// To classes.
    var classifier: LinearWeights?
    /// To the space that pictures share with texts.
    var projection: LinearWeights?
    var attentionPool: AttentionPoolWeights?
    var projector: AttentionProjectorWeights?
}
