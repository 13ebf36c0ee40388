import Foundation
public import Networks
public import Tensors

/// Assigns every video token to one group token and moves the groups towards their tokens (GroupViT, Xu et al., 2022,
/// without its mixer).
///
/// With queries from groups and keys from tokens, `A` is the softmax **over groups** of their scaled products. In training
/// Gumbel noise is added first and the result made one-hot, with the gradient of the soft values; otherwise it is the
/// one-hot of the largest. Then `g ← g + Wo(Σ A·v / (Σ A + 1))`, followed by a feed-forward network. A group that wins no
/// token only keeps its value.
public struct GroupingBlock: Module {
    public let groupNorm: LayerNorm
    public let tokenNorm: LayerNorm
    public let query: Linear
    public let key: Linear
    public let value: Linear
    public let projection: Linear
    public let feedForwardNorm: LayerNorm
    public let feedForward: FeedForward

    init(
        _ channels: Int, hidden: Int, initialization: Initialization = .xavierUniform,
        using generator: inout RandomGenerator
    ) {
        groupNorm = LayerNorm(channels, epsilon: 1e-6)
        tokenNorm = LayerNorm(channels, epsilon: 1e-6)
        query = Linear(channels, channels, initialization: initialization, using: &generator)
        key = Linear(channels, channels, initialization: initialization, using: &generator)
        value = Linear(channels, channels, initialization: initialization, using: &generator)
        projection = Linear(channels, channels, initialization: initialization, using: &generator)
        feedForwardNorm = LayerNorm(channels, epsilon: 1e-6)
        feedForward = FeedForward(channels, hidden: hidden, initialization: initialization, using: &generator)
    }

    /// - Parameters:
    ///   - groups: `[batch, groups, channels]`
    ///   - tokens: `[batch, tokens, channels]`
    /// - Returns: the groups, and the one-hot assignment `[batch, tokens, groups]`.
    public func callAsFunction(groups: Tensor, tokens: Tensor) -> (groups: Tensor, assignment: Tensor) {
        let tokens = tokenNorm(tokens)
        let scale = 1 / Float(groups.shape[2]).squareRoot()
        let logits = key(tokens).matmul(query(groupNorm(groups)), transposed: true) * scale
        let assignment = Self.assign(logits)
        let members = assignment.sum(axes: [1]).reshaped([groups.shape[0], groups.shape[1], 1])
        let gathered = assignment.transposed([0, 2, 1]).matmul(value(tokens)) / (members + 1)
        let moved = groups + projection(gathered)
        return (moved + feedForward(feedForwardNorm(moved)), assignment)
    }

    /// One-hot over the last axis with the gradient of the softmax ("straight-through").
    static func assign(_ logits: Tensor) -> Tensor {
        var noisy = logits
        if let tape = logits.tape, tape.isTraining {
            let noise = Tensor(logits.shape) { target in
                for i in target.indices {
                    target[i] = Float(-Foundation.log(-Foundation.log(tape.generator.uniform() + 1e-20) + 1e-20))
                }
            }
            noisy = logits + noise
        }
        let columns = noisy.shape.last ?? 1
        let hard = Tensor(noisy.shape) { target in
            noisy.withElements { scores in
                target.update(repeating: 0)
                for row in 0..<(scores.count / max(columns, 1)) {
                    var best = row * columns
                    for index in (row * columns)..<((row + 1) * columns) where scores[index] > scores[best] {
                        best = index
                    }
                    target[best] = 1
                }
            }
        }
        guard noisy.isTracked else { return hard }
        return .custom(hard, inputs: [noisy.softmax()]) { [$0] }
    }
}
