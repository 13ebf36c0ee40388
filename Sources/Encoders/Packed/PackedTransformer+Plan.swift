import Foundation
import Inference
import Tensors
import Threads

extension PackedTransformer {
    /// What a plan is made for.
    struct Form: Hashable, Sendable {
        var grid: TokenGrid
        /// Whether clips are single pictures with an embedding of their own.
        var isPicture: Bool
    }

    /// Everything that depends on the form of clips: what tokens begin as, and the memory they are computed in.
    final class Plan: Sendable {
        let grid: TokenGrid
        let layout: EncoderLayout
        let embedding: Embedding
        /// `[clipRows, width]`, of one clip
        let beginning: AlignedMemory
        let rotation: TokenRotation?
        let workspaces: WorkspacePool<EncoderWorkspace>
        let scratch: WorkspacePool<RowScratch>

        init(
            _ model: VisionTransformer, _ form: Form, _ embedding: Embedding, normalizesQueries: Bool,
            precision: ComputePrecision
        ) {
            let settings = model.settings, shape = BlockShape(settings), grid = form.grid
            let tokens = grid.count + settings.prefixTokens
            let layout = EncoderLayout(
                videoTokens: grid.count, extraTokens: settings.prefixTokens, width: settings.width,
                heads: settings.heads, headWidth: shape.packedHead, tubeletValues: embedding.stride,
                clips: PackedTransformer.clipsTogether(tokens: tokens))
            (self.grid, self.layout, self.embedding) = (grid, layout, embedding)
            let rotation = model.rotary(grid).map {
                TokenRotation(cosines: $0.cosines, sines: $0.sines, headWidth: $0.headWidth)
            }
            self.rotation = rotation
            let start = model.beginning(grid, isPicture: form.isPicture)
            let beginning = AlignedMemory(bytes: layout.clipRows * settings.width * 4)
            start.withElements { values in
                guard let first = values.baseAddress else { return }
                beginning.floats.update(from: first, count: values.count)
                // A row that only fills up is like the first, so that everything computed from it is finite.
                let rest = layout.clipRows * settings.width - values.count
                (beginning.floats + values.count).update(from: first, count: rest)
            }
            self.beginning = beginning
            let changesQueries = normalizesQueries || rotation != nil
            workspaces = WorkspacePool { EncoderWorkspace(layout, precision: precision) }
            scratch = WorkspacePool { RowScratch(layout, changesQueries: changesQueries) }
        }

        /// Calls `body` for blocks of rows that stay in the nearest caches, on several threads.
        func forEachRowBlock(clips: Int, _ body: @Sendable (Range<Int>, RowScratch) -> Void) {
            let blocks = layout.rowBlocks(threads: Parallel.available, clips: clips)
            Parallel.forEach(blocks.count) { index in
                scratch.withWorkspace { body(blocks[index], $0) }
            }
        }
    }

    /// How many clips are worked through together: as many as fill the threads with blocks of rows, which all weights are
    /// read for again.
    static func clipsTogether(tokens: Int) -> Int {
        let rows = max(1600, 2 * EncoderLayout.largestBlock * Parallel.threads)
        return max(1, rows / max(1, tokens))
    }

    /// The embedding of patches by portions, its inputs filled up to whole vectors.
    struct Embedding: Sendable {
        let tubelet: Int
        /// Values of a patch, those of zeros included.
        let stride: Int
        let parts: [PackedLinear]

        init(_ linear: LinearWeights, tubelet: Int, precision: ComputePrecision) {
            let values = linear.weight.shape[1], padded = (values + 15) / 16 * 16
            let weight = padded == values ? linear.weight : linear.weight.padded(axis: 1, after: padded - values)
            (self.tubelet, stride) = (tubelet, padded)
            parts = Swift.stride(from: 0, to: padded, by: PackedBlock.portion).map {
                PackedLinear(
                    weight: weight, bias: nil, inputs: $0..<min($0 + PackedBlock.portion, padded),
                    precision: precision)
            }
        }
    }
}
