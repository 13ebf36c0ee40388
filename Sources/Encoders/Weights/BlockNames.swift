import Tensors

/// What a published file calls the tensors of a transformer block. Names follow `LAYERS.NUMBER.`.
struct BlockNames {
    var layers: String
    var attentionNorm: String
    var attention: Attention
    var projection: String
    var feedForwardNorm: String
    var expand: String
    var contract: String
    /// The full names after the number of what attention and the feed-forward network add is multiplied with.
    var scales: [String] = []
    /// Of queries and keys.
    var queryKeyNorms: [String] = []

    /// How queries, keys and values are stored.
    enum Attention {
        /// Three layers with weights and biases.
        case separate(query: String, key: String, value: String)
        /// Three weights; queries and values have biases under names of their own, keys have none.
        case separateWithoutKeyBias(query: String, key: String, value: String, queryBias: String, valueBias: String)
        /// One weight, and one bias where there is one.
        case stacked(weight: String, bias: String?)
        /// One weight; queries and values have biases under names of their own, keys have none.
        case stackedWithoutKeyBias(weight: String, queryBias: String, valueBias: String)
    }

    /// The sizes and kinds of a block.
    struct Shape {
        var width: Int
        var hidden: Int
        var epsilon: Float
        var isGated = false
        /// Whether norms have biases.
        var normBias = true
    }
}

extension WeightReader {
    /// All blocks of a transformer; none where they are packed as they are read.
    mutating func blocks(_ names: BlockNames, count: Int, _ shape: BlockNames.Shape) throws -> [BlockWeights] {
        var blocks: [BlockWeights] = []
        for number in 0..<count {
            let block = try block(names, "\(names.layers).\(number).", shape)
            if let packer, !checksOnly { packer.add(block) } else { blocks.append(block) }
        }
        return blocks
    }

    private mutating func block(
        _ names: BlockNames, _ start: String, _ shape: BlockNames.Shape
    ) throws -> BlockWeights {
        let (width, hidden) = (shape.width, shape.hidden)
        let parts = try attention(names.attention, start, width)
        func norm(_ name: String, in reader: inout WeightReader) throws -> NormWeights {
            try reader.norm(start + name, width, epsilon: shape.epsilon, bias: shape.normBias)
        }
        return BlockWeights(
            attentionNorm: try norm(names.attentionNorm, in: &self), query: parts[0], key: parts[1], value: parts[2],
            queryNorm: try names.queryKeyNorms.first.map { try norm($0, in: &self) },
            keyNorm: try names.queryKeyNorms.last.map { try norm($0, in: &self) },
            projection: try linear(start + names.projection, width, width),
            attentionScale: try names.scales.first.map { try tensor(start + $0, [width]) },
            feedForwardNorm: try norm(names.feedForwardNorm, in: &self),
            expand: try linear(start + names.expand, shape.isGated ? 2 * hidden : hidden, width),
            contract: try linear(start + names.contract, width, hidden),
            feedForwardScale: try names.scales.last.map { try tensor(start + $0, [width]) })
    }

    private mutating func attention(
        _ names: BlockNames.Attention, _ start: String, _ width: Int
    ) throws -> [LinearWeights] {
        switch names {
        case .separate(let query, let key, let value):
            return try [query, key, value].map { try linear(start + $0, width, width) }
        case .separateWithoutKeyBias(let query, let key, let value, let queryBias, let valueBias):
            var parts = try [query, key, value].map { try linear(start + $0, width, width, bias: false) }
            parts[0].bias = try tensor(start + queryBias, [width])
            parts[2].bias = try tensor(start + valueBias, [width])
            return parts
        case .stacked(let weight, let bias):
            return try stacked(weight: start + weight, bias: bias.map { start + $0 }, outputs: width, inputs: width)
        case .stackedWithoutKeyBias(let weight, let queryBias, let valueBias):
            var parts = try stacked(weight: start + weight, bias: nil, outputs: width, inputs: width)
            parts[0].bias = try tensor(start + queryBias, [width])
            parts[2].bias = try tensor(start + valueBias, [width])
            return parts
        }
    }
}
