package import CKernels
package import Networks
package import Tensors

/// The weights of a pre-norm transformer block as they come, before they are packed.
package struct BlockParts {
    /// A linear layer.
    package struct Layer {
        /// `[outputs, inputs]`
        package var weight: Tensor
        /// `[outputs]`
        package var bias: Tensor?

        package init(weight: Tensor, bias: Tensor?) {
            self.weight = weight
            self.bias = bias
        }

        /// The layer with a factor on each output.
        package func scaled(by scale: Tensor?) -> Layer {
            guard let scale else { return self }
            return Layer(weight: weight * scale.reshaped([scale.count, 1]), bias: bias.map { $0 * scale })
        }
    }

    /// A normalisation over channels, by the root mean square where there is no bias.
    package struct Norm {
        /// `[channels]`
        package var weight: Tensor
        /// `[channels]`
        package var bias: Tensor?
        package var epsilon: Float

        package init(weight: Tensor, bias: Tensor?, epsilon: Float) {
            self.weight = weight
            self.bias = bias
            self.epsilon = epsilon
        }
    }

    package var attentionNorm: Norm
    package var query: Layer
    package var key: Layer
    package var value: Layer
    /// By the root mean square, of queries and keys over all heads.
    package var queryNorm: Norm?
    package var keyNorm: Norm?
    package var projection: Layer
    package var feedForwardNorm: Norm
    package var expand: Layer
    package var contract: Layer

    package init(
        attentionNorm: Norm, query: Layer, key: Layer, value: Layer, queryNorm: Norm? = nil, keyNorm: Norm? = nil,
        projection: Layer, feedForwardNorm: Norm, expand: Layer, contract: Layer
    ) {
        self.attentionNorm = attentionNorm
        (self.query, self.key, self.value) = (query, key, value)
        (self.queryNorm, self.keyNorm) = (queryNorm, keyNorm)
        self.projection = projection
        self.feedForwardNorm = feedForwardNorm
        (self.expand, self.contract) = (expand, contract)
    }

    /// Those of a block that was trained here.
    package init(_ block: TransformerBlock) {
        func layer(_ linear: Linear) -> Layer { Layer(weight: linear.weight.value, bias: linear.bias?.value) }
        func norm(_ norm: LayerNorm) -> Norm {
            Norm(weight: norm.weight.value, bias: norm.bias.value, epsilon: norm.epsilon)
        }
        let (attention, feedForward) = (block.attention, block.feedForward)
        self.init(
            attentionNorm: norm(block.attentionNorm), query: layer(attention.query), key: layer(attention.key),
            value: layer(attention.value), projection: layer(attention.projection),
            feedForwardNorm: norm(block.feedForwardNorm), expand: layer(feedForward.expand),
            contract: layer(feedForward.contract))
    }
}

/// What is the same for all blocks of an encoder.
package struct BlockShape: Sendable {
    package var width: Int
    package var heads: Int
    /// Where the product of the feed-forward network's first layer goes, which is its activation.
    package var activation: tal_target

    package init(width: Int, heads: Int, activation: tal_target = TAL_TO_GELU) {
        self.width = width
        self.heads = heads
        self.activation = activation
    }

    /// Channels of a head.
    package var head: Int { width / heads }
    /// Channels of a head for the kernels: the next multiple of 16.
    package var packedHead: Int { (head + 15) / 16 * 16 }

    /// Rows of a matrix, or elements of a vector, with zeros after those of each head.
    func widened(_ x: Tensor) -> Tensor {
        guard head != packedHead else { return x }
        let rest = Array(x.shape.dropFirst())
        return x.reshaped([heads, head] + rest).padded(axis: 1, after: packedHead - head)
            .reshaped([heads * packedHead] + rest)
    }

    /// Columns of a matrix with zeros after those of each head.
    func widenedInputs(_ x: Tensor) -> Tensor {
        guard head != packedHead else { return x }
        return x.reshaped([x.shape[0], heads, head]).padded(axis: 2, after: packedHead - head)
            .reshaped([x.shape[0], heads * packedHead])
    }
}
