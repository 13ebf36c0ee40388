internal import CKernels
import Inference
import Tensors

/// Packs the blocks of a published encoder while they are read, so that no more than one of them exists twice.
final class BlockPacker {
    let precision: ComputePrecision
    private let shape: BlockShape
    private(set) var blocks: [PackedBlock] = []

    init(_ settings: TransformerSettings, precision: ComputePrecision) {
        self.precision = precision
        shape = BlockShape(settings)
    }

    func add(_ block: BlockWeights) {
        blocks.append(PackedBlock(BlockParts(block), shape, precision: precision))
    }
}

extension BlockShape {
    init(_ settings: TransformerSettings) {
        self.init(width: settings.width, heads: settings.heads, activation: settings.activation.target)
    }
}

extension BlockParts {
    /// Layer scales are multiplied into the layers before them.
    init(_ block: BlockWeights) {
        func layer(_ linear: LinearWeights) -> Layer { Layer(weight: linear.weight, bias: linear.bias) }
        func norm(_ norm: NormWeights) -> Norm {
            Norm(weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
        }
        self.init(
            attentionNorm: norm(block.attentionNorm), query: layer(block.query), key: layer(block.key),
            value: layer(block.value), queryNorm: block.queryNorm.map(norm), keyNorm: block.keyNorm.map(norm),
            projection: layer(block.projection).scaled(by: block.attentionScale),
            feedForwardNorm: norm(block.feedForwardNorm), expand: layer(block.expand),
            contract: layer(block.contract).scaled(by: block.feedForwardScale))
    }
}

extension PackedNorm {
    /// A norm of a published encoder.
    init(_ norm: NormWeights) {
        self.init(weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon)
    }
}

extension TransformerSettings.Activation {
    /// Where a product goes that is followed by this function.
    fileprivate var target: tal_target {
        switch self {
        case .gelu: TAL_TO_GELU
        case .geluTanh: TAL_TO_GELU_TANH
        case .quickGELU: TAL_TO_QUICK_GELU
        }
    }
}
