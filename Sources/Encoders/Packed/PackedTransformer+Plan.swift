internal import CKernels
import Foundation
import Inference
import Tensors
import Threads

extension PackedTransformer {
    /// Everything that depends on the size of clips: what tokens begin as, and the memory they are computed in.
    final class Plan: Sendable {
        let grid: TokenGrid
        /// Tokens of a clip.
        let tokens: Int
        /// Tokens rounded up to whole blocks of queries; the rows beyond are computed like others and ignored.
        let paddedTokens: Int
        let width: Int
        let heads: Int
        /// Channels of a head, those of zeros included.
        let headWidth: Int
        /// Values of a patch, those of zeros included.
        let patchStride: Int
        /// Elements from one row of operands to the next. The odd lines keep rows from falling on each other in the cache.
        let rowStride: Int
        let attendedStride: Int
        let hiddenStride = PackedBlock.portion + 32
        /// `[paddedTokens, width]`
        let beginning: AlignedMemory
        let rotary: RotaryPositions?
        let workspaces: WorkspacePool<Workspace>
        let scratch: WorkspacePool<Scratch>
        private let rowBlocks: [Range<Int>]

        init(_ model: VisionTransformer, grid: TokenGrid, precision: ComputePrecision) {
            let settings = model.settings, kind = PackedTransformerBlock.Kind(settings)
            let layout = EncoderLayout(
                videoTokens: grid.count, extraTokens: settings.prefixTokens, width: settings.width, heads: 1,
                tubeletValues: 0)
            self.grid = grid
            (tokens, paddedTokens) = (layout.tokens, layout.paddedTokens)
            (width, heads, headWidth) = (settings.width, settings.heads, kind.packedHead)
            patchStride = (settings.tubelet * settings.patch * settings.patch * 3 + 15) / 16 * 16
            rowStride = max(settings.width, PackedBlock.portion) + 32
            attendedStride = max(heads * headWidth, PackedBlock.portion) + 32
            rowBlocks = layout.rowBlocks(threads: Parallel.threads)
            rotary = model.rotary(grid)
            let start = model.beginning(grid)
            let beginning = AlignedMemory(bytes: layout.paddedTokens * settings.width * 4)
            start.withElements { values in
                guard let first = values.baseAddress else { return }
                beginning.floats.update(from: first, count: values.count)
            }
            self.beginning = beginning
            let sizes = Sizes(
                paddedTokens: paddedTokens, tokens: tokens, width: width, packedWidth: heads * headWidth,
                headWidth: headWidth, rowStride: max(rowStride, patchStride), attendedStride: attendedStride,
                hiddenStride: hiddenStride, patchStride: patchStride)
            workspaces = WorkspacePool { Workspace(sizes, precision: precision) }
            scratch = WorkspacePool { Scratch(sizes) }
        }

        /// Calls `body` for blocks of rows that stay in the nearest caches, on several threads.
        func forEachRowBlock(_ body: @Sendable (Range<Int>, Scratch) -> Void) {
            Parallel.forEach(rowBlocks.count) { index in
                scratch.withWorkspace { body(rowBlocks[index], $0) }
            }
        }
    }

    struct Sizes: Sendable {
        var paddedTokens, tokens, width, packedWidth, headWidth: Int
        var rowStride, attendedStride, hiddenStride, patchStride: Int
    }

    /// What one clip needs while it is encoded.
    final class Workspace: Sendable {
        /// `[paddedTokens, width]`, float32
        let tokens: AlignedMemory
        /// `[heads, paddedTokens, headWidth]`, operands
        let queries: AlignedMemory
        let keys: AlignedMemory
        let values: AlignedMemory
        /// `[paddedTokens, heads · headWidth]`, operands `attendedStride` apart
        let attended: AlignedMemory
        private let width: Int

        init(_ sizes: Sizes, precision: ComputePrecision) {
            let operands = sizes.paddedTokens * sizes.packedWidth * precision.elementBytes
            tokens = AlignedMemory(bytes: sizes.paddedTokens * sizes.width * 4)
            queries = AlignedMemory(bytes: operands)
            keys = AlignedMemory(bytes: operands)
            values = AlignedMemory(bytes: operands)
            attended = AlignedMemory(bytes: sizes.paddedTokens * sizes.attendedStride * precision.elementBytes)
            width = sizes.width
        }

        /// The token of a row.
        func residual(_ row: Int) -> UnsafeMutablePointer<Float> { tokens.floats + row * width }
    }

    /// What one thread needs for a block of rows or of queries.
    final class Scratch: Sendable {
        let rows: AlignedMemory
        let hidden: AlignedMemory
        let attention: AlignedMemory
        /// Patches before they become operands.
        let patches: AlignedMemory
        /// Queries or keys before they become operands.
        let turned: AlignedMemory

        init(_ sizes: Sizes) {
            let count = EncoderLayout.largestBlock
            rows = AlignedMemory(bytes: count * sizes.rowStride * 4)
            hidden = AlignedMemory(bytes: count * sizes.hiddenStride * 4)
            attention = AlignedMemory(bytes: tal_attention_scratch_bytes(sizes.tokens, sizes.headWidth))
            patches = AlignedMemory(bytes: count * sizes.patchStride * 4)
            turned = AlignedMemory(bytes: count * sizes.packedWidth * 4)
        }
    }
}
