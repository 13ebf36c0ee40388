import Tensors

extension BlockWeights {
    /// What is the same for all blocks of a transformer.
    struct Context {
        var heads: Int
        var activation: TransformerSettings.Activation
        var isGated = false
        /// Whether a token sees only those before it and itself.
        var isCausal = false
        var rotary: RotaryPositions?
    }

    /// The block as it is defined, without regard to speed.
    ///
    /// - Parameter x: `[tokens, width]`
    func callAsFunction(_ x: Tensor, _ context: Context) -> Tensor {
        var attended = projection(attention(attentionNorm(x), context))
        if let attentionScale { attended = attended * attentionScale }
        let x = x + attended
        var moved = contract(activated(expand(feedForwardNorm(x)), context))
        if let feedForwardScale { moved = moved * feedForwardScale }
        return x + moved
    }

    private func activated(_ x: Tensor, _ context: Context) -> Tensor {
        guard context.isGated else { return context.activation(x) }
        let half = x.shape[1] / 2
        let gate = x.slice(axis: 1, 0..<half)
        return gate * gate.sigmoid() * x.slice(axis: 1, half..<2 * half)
    }

    private func attention(_ x: Tensor, _ context: Context) -> Tensor {
        var (queries, keys) = (query(x), key(x))
        if let queryNorm, let keyNorm { (queries, keys) = (queryNorm(queries), keyNorm(keys)) }
        if let rotary = context.rotary { (queries, keys) = (rotary(queries), rotary(keys)) }
        return MultiHeadAttention.attend(queries, keys, value(x), heads: context.heads, isCausal: context.isCausal)
    }
}

/// Softmax attention, one head after the other.
enum MultiHeadAttention {
    /// - Parameters:
    ///   - queries: `[queries, width]`
    ///   - keys: `[tokens, width]`
    ///   - values: `[tokens, width]`
    /// - Returns: `[queries, width]`
    static func attend(
        _ queries: Tensor, _ keys: Tensor, _ values: Tensor, heads: Int, isCausal: Bool = false
    ) -> Tensor {
        let width = queries.shape[1] / heads
        let mask = isCausal ? causalMask(queries.shape[0]) : nil
        let scale = 1 / Float(width).squareRoot()
        let parts = (0..<heads).map { head in
            let columns = head * width..<(head + 1) * width
            var scores = (queries.slice(axis: 1, columns) * scale)
                .matmul(keys.slice(axis: 1, columns), transposed: true)
            if let mask { scores = scores + mask }
            return scores.softmax().matmul(values.slice(axis: 1, columns))
        }
        return .concatenated(parts, axis: 1)
    }

    private static func causalMask(_ count: Int) -> Tensor {
        Tensor([count, count]) { target in
            for row in 0..<count {
                for column in 0..<count { target[row * count + column] = column > row ? -1e30 : 0 }
            }
        }
    }
}
