import CKernels
import Foundation
package import Tensors

/// A pre-norm transformer block with packed weights, worked through by blocks of rows: everything a token needs that is not
/// attention happens while its row is in the nearest caches.
///
/// Heads whose width the kernels do not take are widened by channels of zeros.
package struct PackedBlock: Sendable {
    private let shape: BlockShape
    private let precision: ComputePrecision
    private let attentionNorm: PackedNorm
    private let query: PackedLinear
    private let key: PackedLinear
    private let value: PackedLinear
    private let queryNorm: HeadNorm?
    private let keyNorm: HeadNorm?
    private let projection: PackedLinear
    private let feedForwardNorm: PackedNorm
    /// The hidden channels by portions, of which one at a time exists.
    private let expand: [PackedLinear]
    private let contract: [PackedLinear]

    /// Hidden channels of a portion.
    package static let portion = 768

    package init(_ parts: BlockParts, _ shape: BlockShape, precision: ComputePrecision) {
        self.shape = shape
        self.precision = precision
        attentionNorm = PackedNorm(parts.attentionNorm)
        // The kernel takes powers of two of the scores.
        let scale = Float(M_LOG2E) / Float(shape.head).squareRoot()
        func heads(_ layer: BlockParts.Layer, scale: Float = 1) -> PackedLinear {
            PackedLinear(
                weight: shape.widened(layer.weight), bias: layer.bias.map(shape.widened), scale: scale,
                precision: precision)
        }
        // A norm would undo a factor on its input, so it goes into the norm's weight.
        query = heads(parts.query, scale: parts.queryNorm == nil ? scale : 1)
        key = heads(parts.key)
        value = heads(parts.value)
        queryNorm = parts.queryNorm.map { HeadNorm($0, shape, scale: scale) }
        keyNorm = parts.keyNorm.map { HeadNorm($0, shape, scale: 1) }
        projection = PackedLinear(
            weight: shape.widenedInputs(parts.projection.weight), bias: parts.projection.bias, precision: precision)
        feedForwardNorm = PackedNorm(parts.feedForwardNorm)
        let (wide, narrow) = (parts.expand, parts.contract)
        let hidden = wide.weight.shape[0]
        let portions = stride(from: 0, to: hidden, by: Self.portion).map { $0..<min($0 + Self.portion, hidden) }
        expand = portions.map {
            PackedLinear(weight: wide.weight, bias: wide.bias, outputs: $0, precision: precision)
        }
        contract = portions.map {
            PackedLinear(
                weight: narrow.weight, bias: $0.lowerBound == 0 ? narrow.bias : nil, inputs: $0, precision: precision)
        }
    }

    /// Whether it normalises queries and keys, for which a ``RowScratch`` needs memory.
    package var normalizesQueries: Bool { queryNorm != nil || keyNorm != nil }

    /// Computes queries, keys and values of some rows.
    ///
    /// - Parameter rotation: turns queries and keys.
    package func project(
        _ rows: Range<Int>, of workspace: EncoderWorkspace, using scratch: RowScratch, rotation: TokenRotation? = nil
    ) {
        let layout = workspace.layout, head = shape.packedHead
        attentionNorm(
            workspace.residual(rows.lowerBound), count: rows.count, to: scratch.rows.pointer, stride: layout.rowStride,
            precision: precision)
        func store(_ linear: PackedLinear, _ memory: AlignedMemory, _ kind: tal_target) {
            linear(
                scratch.rows.pointer, stride: layout.rowStride, rows: rows.count,
                to: .init(
                    kind: kind, elements: memory.pointer + rows.lowerBound * head * precision.elementBytes,
                    stride: head, blocks: (head, layout.paddedTokens * head)))
        }
        for (linear, norm, memory) in [(query, queryNorm, workspace.queries), (key, keyNorm, workspace.keys)] {
            if norm != nil || rotation != nil, let changed = scratch.changed {
                change(linear, norm, rotation, rows, layout, scratch.rows, changed, to: memory)
            } else {
                store(linear, memory, TAL_TO_OPERAND)
            }
        }
        store(value, workspace.values, TAL_TO_VALUES)
    }

    /// Queries or keys that are normalised or turned before they are rounded to operands.
    private func change(
        _ linear: PackedLinear, _ norm: HeadNorm?, _ rotation: TokenRotation?, _ rows: Range<Int>,
        _ layout: EncoderLayout, _ inputs: AlignedMemory, _ changed: AlignedMemory, to memory: AlignedMemory
    ) {
        let head = shape.packedHead, width = shape.heads * head
        memset(changed.pointer, 0, rows.count * width * 4)
        linear(
            inputs.pointer, stride: layout.rowStride, rows: rows.count,
            to: .init(kind: TAL_TO_RESIDUAL, elements: changed.pointer, stride: width))
        for row in rows {
            let values = changed.floats + (row - rows.lowerBound) * width
            norm?(values)
            rotation?(values, token: row % layout.clipRows, heads: shape.heads, stride: head)
            for index in 0..<shape.heads {
                let offset = (index * layout.paddedTokens + row) * head * precision.elementBytes
                tal_to_operand(precision.kernel, memory.pointer + offset, values + index * head, head)
            }
        }
    }

    /// Takes rows from the result of attention to the end of the block.
    package func finish(_ rows: Range<Int>, of workspace: EncoderWorkspace, using scratch: RowScratch) {
        let layout = workspace.layout
        let residual = workspace.residual(rows.lowerBound)
        let sum = PackedLinear.Target(kind: TAL_TO_RESIDUAL, elements: residual, stride: layout.width)
        projection(
            workspace.attended.pointer + rows.lowerBound * layout.attendedStride * precision.elementBytes,
            stride: layout.attendedStride, rows: rows.count, to: sum)
        feedForwardNorm(
            residual, count: rows.count, to: scratch.rows.pointer, stride: layout.rowStride, precision: precision)
        for (expand, contract) in zip(expand, contract) {
            expand(
                scratch.rows.pointer, stride: layout.rowStride, rows: rows.count,
                to: .init(kind: shape.activation, elements: scratch.hidden.pointer, stride: layout.hiddenStride))
            contract(scratch.hidden.pointer, stride: layout.hiddenStride, rows: rows.count, to: sum)
        }
    }
}

/// The root-mean-square norm of one row of queries or keys over all heads, whose channels of zeros do not count.
private struct HeadNorm: Sendable {
    private let weight: AlignedMemory
    private let epsilon: Float
    private let channels: Int
    private let packed: Int

    init(_ norm: BlockParts.Norm, _ shape: BlockShape, scale: Float) {
        weight = AlignedMemory((shape.widened(norm.weight) * scale).elements)
        epsilon = norm.epsilon
        channels = shape.width
        packed = shape.heads * shape.packedHead
    }

    func callAsFunction(_ row: UnsafeMutablePointer<Float>) {
        // The channels of zeros add nothing to the sum of squares.
        let squares = tal_dot(row, row, packed)
        let scale = 1 / (squares / Float(channels) + epsilon).squareRoot()
        for channel in 0..<packed { row[channel] *= scale * weight.floats[channel] }
    }
}
