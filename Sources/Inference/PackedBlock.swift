import CKernels
import Foundation
package import Networks
package import Tensors

/// A transformer block with packed weights, worked through by blocks of rows: everything a token needs that is not attention
/// happens while its row is in the nearest caches.
package struct PackedBlock: Sendable {
    private let attentionNorm: PackedNorm
    private let query: PackedLinear
    private let key: PackedLinear
    private let value: PackedLinear
    private let projection: PackedLinear
    private let feedForwardNorm: PackedNorm
    /// The hidden channels by portions, of which one at a time exists.
    private let expand: [PackedLinear]
    private let contract: [PackedLinear]
    private let precision: ComputePrecision

    /// Hidden channels of a portion.
    package static let portion = 768

    package init(_ block: TransformerBlock, heads: Int, precision: ComputePrecision) {
        let attention = block.attention
        let width = attention.query.weight.shape[0]
        attentionNorm = PackedNorm(block.attentionNorm)
        // The kernel takes powers of two of the scores.
        let scale = Float(M_LOG2E) / Float(width / heads).squareRoot()
        query = PackedLinear(attention.query, scale: scale, precision: precision)
        key = PackedLinear(attention.key, precision: precision)
        value = PackedLinear(attention.value, precision: precision)
        projection = PackedLinear(attention.projection, precision: precision)
        feedForwardNorm = PackedNorm(block.feedForwardNorm)
        let (wide, narrow) = (block.feedForward.expand, block.feedForward.contract)
        let hidden = wide.weight.shape[0]
        let portions = stride(from: 0, to: hidden, by: Self.portion).map { $0..<min($0 + Self.portion, hidden) }
        expand = portions.map {
            PackedLinear(weight: wide.weight.value, bias: wide.bias?.value, outputs: $0, precision: precision)
        }
        contract = portions.map {
            PackedLinear(
                weight: narrow.weight.value, bias: $0.lowerBound == 0 ? narrow.bias?.value : nil, inputs: $0,
                precision: precision)
        }
        self.precision = precision
    }

    /// Computes queries, keys and values of some rows.
    package func project(_ rows: Range<Int>, of workspace: EncoderWorkspace, using scratch: RowScratch) {
        let layout = workspace.layout
        attentionNorm(
            workspace.residual(rows.lowerBound), count: rows.count, to: scratch.rows.pointer, stride: layout.rowStride,
            precision: precision)
        let parts = [
            (query, workspace.queries, TAL_TO_OPERAND), (key, workspace.keys, TAL_TO_OPERAND),
            (value, workspace.values, TAL_TO_VALUES),
        ]
        for (linear, target, kind) in parts {
            linear(
                scratch.rows.pointer, stride: layout.rowStride, rows: rows.count,
                to: .init(
                    kind: kind, elements: target.pointer + rows.lowerBound * layout.headWidth * precision.elementBytes,
                    stride: layout.headWidth, blocks: (layout.headWidth, layout.paddedTokens * layout.headWidth)))
        }
    }

    /// Takes rows from the result of attention to the end of the block.
    package func finish(_ rows: Range<Int>, of workspace: EncoderWorkspace, using scratch: RowScratch) {
        let layout = workspace.layout
        let residual = workspace.residual(rows.lowerBound)
        let sum = PackedLinear.Target(kind: TAL_TO_RESIDUAL, elements: residual, stride: layout.width)
        projection(
            workspace.attended.pointer + rows.lowerBound * layout.rowStride * precision.elementBytes,
            stride: layout.rowStride, rows: rows.count, to: sum)
        feedForwardNorm(
            residual, count: rows.count, to: scratch.rows.pointer, stride: layout.rowStride, precision: precision)
        for (expand, contract) in zip(expand, contract) {
            expand(
                scratch.rows.pointer, stride: layout.rowStride, rows: rows.count,
                to: .init(kind: TAL_TO_GELU, elements: scratch.hidden.pointer, stride: layout.hiddenStride))
            contract(scratch.hidden.pointer, stride: layout.hiddenStride, rows: rows.count, to: sum)
        }
    }
}
