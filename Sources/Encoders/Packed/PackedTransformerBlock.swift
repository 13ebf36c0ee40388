internal import CKernels
import Foundation
import Inference
import Tensors

/// A block of a published encoder with packed weights, worked through by blocks of rows.
struct PackedTransformerBlock: Sendable {
    /// What is the same for all blocks of an encoder.
    struct Kind: Sendable {
        var width: Int
        var heads: Int
        /// Channels of a head.
        var head: Int
        /// Channels of a head for the kernels: the next multiple of 16.
        var packedHead: Int
        var activation: TransformerSettings.Activation

        init(_ settings: TransformerSettings) {
            (width, heads) = (settings.width, settings.heads)
            head = width / heads
            packedHead = (head + 15) / 16 * 16
            activation = settings.activation
        }
    }

    private let kind: Kind
    private let precision: ComputePrecision
    private let attentionNorm: PackedNorm
    private let query: PackedLinear
    private let key: PackedLinear
    private let value: PackedLinear
    private let queryNorm: RowNorm?
    private let keyNorm: RowNorm?
    private let projection: PackedLinear
    private let feedForwardNorm: PackedNorm
    /// The hidden channels by portions, of which one at a time exists.
    private let expand: [PackedLinear]
    private let contract: [PackedLinear]

    init(_ block: BlockWeights, _ kind: Kind, precision: ComputePrecision) {
        self.kind = kind
        self.precision = precision
        attentionNorm = PackedNorm(block.attentionNorm)
        // The kernel takes powers of two of the scores.
        let scale = Float(M_LOG2E) / Float(kind.head).squareRoot()
        func heads(_ linear: LinearWeights, scale: Float = 1) -> PackedLinear {
            PackedLinear(
                weight: Self.widened(linear.weight, kind), bias: linear.bias.map { Self.widened($0, kind) },
                scale: scale, precision: precision)
        }
        // After a norm a factor on its input has no effect; it goes into its weight.
        query = heads(block.query, scale: block.queryNorm == nil ? scale : 1)
        key = heads(block.key)
        value = heads(block.value)
        queryNorm = block.queryNorm.map { RowNorm($0, kind, scale: scale) }
        keyNorm = block.keyNorm.map { RowNorm($0, kind, scale: 1) }
        let attended = Self.scaled(block.projection, by: block.attentionScale)
        projection = PackedLinear(
            weight: Self.widenedInputs(attended.weight, kind), bias: attended.bias, precision: precision)
        feedForwardNorm = PackedNorm(block.feedForwardNorm)
        let (wide, narrow) = (block.expand, Self.scaled(block.contract, by: block.feedForwardScale))
        let hidden = wide.weight.shape[0]
        let portions = stride(from: 0, to: hidden, by: PackedBlock.portion).map {
            $0..<min($0 + PackedBlock.portion, hidden)
        }
        expand = portions.map {
            PackedLinear(weight: wide.weight, bias: wide.bias, outputs: $0, precision: precision)
        }
        contract = portions.map {
            PackedLinear(
                weight: narrow.weight, bias: $0.lowerBound == 0 ? narrow.bias : nil, inputs: $0, precision: precision)
        }
    }

    /// Rows of a matrix, or elements of a vector, with zeros after those of each head.
    private static func widened(_ x: Tensor, _ kind: Kind) -> Tensor {
        guard kind.head != kind.packedHead else { return x }
        let rest = Array(x.shape.dropFirst())
        return x.reshaped([kind.heads, kind.head] + rest).padded(axis: 1, after: kind.packedHead - kind.head)
            .reshaped([kind.heads * kind.packedHead] + rest)
    }

    private static func widenedInputs(_ x: Tensor, _ kind: Kind) -> Tensor {
        guard kind.head != kind.packedHead else { return x }
        return x.reshaped([x.shape[0], kind.heads, kind.head]).padded(axis: 2, after: kind.packedHead - kind.head)
            .reshaped([x.shape[0], kind.heads * kind.packedHead])
    }

    /// A layer with a factor on each output.
    private static func scaled(_ linear: LinearWeights, by scale: Tensor?) -> LinearWeights {
        guard let scale else { return linear }
        return LinearWeights(
            weight: linear.weight * scale.reshaped([scale.count, 1]), bias: linear.bias.map { $0 * scale })
    }

    // MARK: - Rows

    /// Computes queries, keys and values of some rows.
    func project(
        _ rows: Range<Int>, _ plan: PackedTransformer.Plan, _ space: PackedTransformer.Workspace,
        _ scratch: PackedTransformer.Scratch
    ) {
        attentionNorm(
            space.residual(rows.lowerBound), count: rows.count, to: scratch.rows.pointer, stride: plan.rowStride,
            precision: precision)
        let head = kind.packedHead
        func target(_ memory: AlignedMemory, _ target: tal_target) -> PackedLinear.Target {
            .init(
                kind: target, elements: memory.pointer + rows.lowerBound * head * precision.elementBytes, stride: head,
                blocks: (head, plan.paddedTokens * head))
        }
        for (linear, norm, memory) in [(query, queryNorm, space.queries), (key, keyNorm, space.keys)] {
            guard norm != nil || plan.rotary != nil else {
                linear(
                    scratch.rows.pointer, stride: plan.rowStride, rows: rows.count, to: target(memory, TAL_TO_OPERAND))
                continue
            }
            let width = kind.heads * head
            memset(scratch.turned.pointer, 0, rows.count * width * 4)
            linear(
                scratch.rows.pointer, stride: plan.rowStride, rows: rows.count,
                to: .init(kind: TAL_TO_RESIDUAL, elements: scratch.turned.pointer, stride: width))
            for row in rows {
                let values = scratch.turned.floats + (row - rows.lowerBound) * width
                norm?(values)
                turn(values, token: row, plan)
                for index in 0..<kind.heads {
                    let place = (index * plan.paddedTokens + row) * head * precision.elementBytes
                    tal_to_operand(precision.kernel, memory.pointer + place, values + index * head, head)
                }
            }
        }
        value(
            scratch.rows.pointer, stride: plan.rowStride, rows: rows.count, to: target(space.values, TAL_TO_VALUES))
    }

    /// Rotates the channels of a token's heads by its position.
    private func turn(_ values: UnsafeMutablePointer<Float>, token: Int, _ plan: PackedTransformer.Plan) {
        guard let rotary = plan.rotary, token < plan.grid.count else { return }
        rotary.cosines.withUnsafeBufferPointer { cosines in
            rotary.sines.withUnsafeBufferPointer { sines in
                let table = token * kind.head
                for index in 0..<kind.heads {
                    let channels = values + index * kind.packedHead
                    for channel in stride(from: 0, to: kind.head - 1, by: 2) {
                        let (first, second) = (channels[channel], channels[channel + 1])
                        channels[channel] = first * cosines[table + channel] - second * sines[table + channel]
                        channels[channel + 1] =
                            second * cosines[table + channel + 1] + first * sines[table + channel + 1]
                    }
                }
            }
        }
    }

    /// Takes rows from the result of attention to the end of the block.
    func finish(
        _ rows: Range<Int>, _ plan: PackedTransformer.Plan, _ space: PackedTransformer.Workspace,
        _ scratch: PackedTransformer.Scratch
    ) {
        let residual = space.residual(rows.lowerBound)
        let sum = PackedLinear.Target(kind: TAL_TO_RESIDUAL, elements: residual, stride: plan.width)
        projection(
            space.attended.pointer + rows.lowerBound * plan.attendedStride * precision.elementBytes,
            stride: plan.attendedStride, rows: rows.count, to: sum)
        feedForwardNorm(
            residual, count: rows.count, to: scratch.rows.pointer, stride: plan.rowStride, precision: precision)
        for (expand, contract) in zip(expand, contract) {
            expand(
                scratch.rows.pointer, stride: plan.rowStride, rows: rows.count,
                to: .init(
                    kind: kind.activation.target, elements: scratch.hidden.pointer, stride: plan.hiddenStride))
            contract(scratch.hidden.pointer, stride: plan.hiddenStride, rows: rows.count, to: sum)
        }
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

/// The root-mean-square norm of one row of queries or keys over all heads, whose channels of zeros do not count.
private struct RowNorm: Sendable {
    private let weight: AlignedMemory
    private let epsilon: Float
    private let channels: Int
    private let packed: Int

    init(_ norm: NormWeights, _ kind: PackedTransformerBlock.Kind, scale: Float) {
        let weight =
            norm.weight.reshaped([kind.heads, kind.head])
            .padded(axis: 1, after: kind.packedHead - kind.head) * scale
        self.weight = AlignedMemory(weight.elements)
        epsilon = norm.epsilon
        channels = kind.width
        packed = kind.heads * kind.packedHead
    }

    func callAsFunction(_ row: UnsafeMutablePointer<Float>) {
        // The channels of zeros add nothing to the sum of squares.
        let squares = tal_dot(row, row, packed)
        let scale = 1 / (squares / Float(channels) + epsilon).squareRoot()
        for channel in 0..<packed { row[channel] *= scale * weight.floats[channel] }
    }
}
