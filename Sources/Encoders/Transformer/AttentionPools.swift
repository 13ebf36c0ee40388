import Tensors

/// SigLIP's pooling: one learned query attends to all tokens, then a feed-forward network (Zhai et al., 2023).
struct AttentionPoolWeights: Sendable {
    /// `[1, width]`
    var probe: Tensor
    var query: LinearWeights
    var key: LinearWeights
    var value: LinearWeights
    var projection: LinearWeights
    var norm: NormWeights
    var expand: LinearWeights
    var contract: LinearWeights
    var heads: Int
    var activation: TransformerSettings.Activation

    /// - Parameter tokens: `[tokens, width]`
    /// - Returns: `[1, width]`
    func callAsFunction(_ tokens: Tensor) -> Tensor {
        let attended = projection(
            MultiHeadAttention.attend(query(probe), key(tokens), value(tokens), heads: heads))
        return attended + contract(activation(expand(norm(attended))))
    }
}

/// InternVideo2's way to its classes: the mean of all tokens attends to them.
struct AttentionProjectorWeights: Sendable {
    var queryNorm: NormWeights
    var keyNorm: NormWeights
    var valueNorm: NormWeights
    var query: LinearWeights
    var key: LinearWeights
    var value: LinearWeights
    var projection: LinearWeights
    var heads: Int

    /// - Parameter tokens: `[tokens, width]`, the class token included.
    /// - Returns: `[1, channels]`
    func callAsFunction(_ tokens: Tensor) -> Tensor {
        let mean = tokens.mean(axes: [0], keepsAxes: true)
        return projection(
            MultiHeadAttention.attend(
                query(queryNorm(mean)), key(keyNorm(tokens)), value(valueNorm(tokens)), heads: heads))
    }
}
