import CKernels
package import Tensors

/// What the clips of an ``EncoderLayout`` need while they are encoded.
package final class EncoderWorkspace: Sendable {
    package let layout: EncoderLayout
    /// `[paddedTokens, width]`, float32
    package let tokens: AlignedMemory
    /// `[heads, paddedTokens, headWidth]`, operands
    package let queries: AlignedMemory
    package let keys: AlignedMemory
    package let values: AlignedMemory
    /// `[paddedTokens, heads · headWidth]`, operands `attendedStride` apart
    package let attended: AlignedMemory

    package init(_ layout: EncoderLayout, precision: ComputePrecision) {
        self.layout = layout
        let operands = layout.paddedTokens * layout.heads * layout.headWidth * precision.elementBytes
        tokens = AlignedMemory(bytes: layout.paddedTokens * layout.width * 4)
        queries = AlignedMemory(bytes: operands)
        keys = AlignedMemory(bytes: operands)
        values = AlignedMemory(bytes: operands)
        attended = AlignedMemory(bytes: layout.paddedTokens * layout.attendedStride * precision.elementBytes)
    }

    /// The token of a row.
    package func residual(_ row: Int) -> UnsafeMutablePointer<Float> { tokens.floats + row * layout.width }
}

/// What one thread needs for a block of rows or of queries.
package final class RowScratch: Sendable {
    package let rows: AlignedMemory
    package let hidden: AlignedMemory
    package let attention: AlignedMemory
    /// Tubelets before they become operands.
    package let tubelets: AlignedMemory
    /// Queries or keys that are changed before they become operands; none where no block does that.
    package let changed: AlignedMemory?

    /// - Parameter changesQueries: whether blocks normalise or rotate queries and keys.
    package init(_ layout: EncoderLayout, changesQueries: Bool = false) {
        let count = EncoderLayout.largestBlock
        rows = AlignedMemory(bytes: count * max(layout.rowStride, layout.tubeletValues) * 4)
        hidden = AlignedMemory(bytes: count * layout.hiddenStride * 4)
        attention = AlignedMemory(bytes: tal_attention_scratch_bytes(layout.tokens, layout.headWidth))
        tubelets = AlignedMemory(bytes: count * layout.tubeletValues * 4)
        changed = changesQueries ? AlignedMemory(bytes: count * layout.heads * layout.headWidth * 4) : nil
    }
}
