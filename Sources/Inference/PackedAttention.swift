import CKernels
package import Tensors
import Threads

/// Attention between the tokens of each clip.
package enum PackedAttention {
    /// Computes what tokens gather from all tokens of their clip, for the queries, keys and values of a workspace.
    ///
    /// - Parameter clips: how many of the workspace there are now; the most where nil.
    package static func run(
        _ workspace: EncoderWorkspace, clips: Int? = nil, scratch: WorkspacePool<RowScratch>,
        precision: ComputePrecision
    ) {
        let layout = workspace.layout, bytes = precision.elementBytes
        let perBlock = Int(TAL_QUERIES)
        let queryBlocks = (layout.tokens + perBlock - 1) / perBlock
        // Neighbouring items share keys and values.
        Parallel.forEach((clips ?? layout.clips) * layout.heads * queryBlocks) { item in
            let (clipAndHead, first) = (item / queryBlocks, item % queryBlocks * perBlock)
            let (clip, head) = (clipAndHead / layout.heads, clipAndHead % layout.heads)
            let row = clip * layout.clipRows
            let start = (head * layout.paddedTokens + row) * layout.headWidth * bytes
            scratch.withWorkspace { scratch in
                tal_attend(
                    precision.kernel, workspace.queries.pointer + start, workspace.keys.pointer + start,
                    workspace.values.pointer + start, layout.tokens, layout.headWidth, first,
                    min(perBlock, layout.tokens - first),
                    workspace.attended.pointer
                        + ((row + first) * layout.attendedStride + head * layout.headWidth) * bytes,
                    layout.attendedStride, scratch.attention.floats)
            }
        }
    }
}
