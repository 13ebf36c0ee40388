import CKernels
package import Tensors

/// The sizes of one clip inside an ``InferenceEncoder``.
package struct EncoderLayout: Sendable {
    /// Tubelets of a clip.
    package let videoTokens: Int
    /// Tubelets and group tokens.
    package let tokens: Int
    /// Tokens rounded up to whole blocks of queries; the rows beyond are computed like others and ignored.
    package let paddedTokens: Int
    package let width: Int
    package let heads: Int
    package let tubeletValues: Int
    /// Elements from one row of operands to the next. The odd lines keep rows from falling on each other in the cache.
    package let rowStride: Int
    package let hiddenStride: Int

    /// - Parameters:
    ///   - videoTokens: tubelets of a clip.
    ///   - extraTokens: tokens beside them, such as group tokens.
    ///   - tubeletValues: values in a tubelet.
    package init(videoTokens: Int, extraTokens: Int, width: Int, heads: Int, tubeletValues: Int) {
        self.videoTokens = videoTokens
        tokens = videoTokens + extraTokens
        let block = Int(TAL_QUERIES)
        paddedTokens = (tokens + block - 1) / block * block
        self.width = width
        self.heads = heads
        self.tubeletValues = tubeletValues
        rowStride = max(width, PackedBlock.portion) + 32
        hiddenStride = PackedBlock.portion + 32
    }

    package var headWidth: Int { width / heads }

    /// Tokens rounded up to whole tiles: the rows that are computed.
    package var rows: Int { (tokens + 7) / 8 * 8 }

    /// Equal blocks of rows, small enough for the nearest caches, and as many as keep all threads busy to the end.
    package func rowBlocks(threads: Int) -> [Range<Int>] {
        let sizes = stride(from: 48, through: 96, by: 8)
        func busiest(_ size: Int) -> Int { ((rows + size - 1) / size + threads - 1) / threads * size }
        let size = sizes.min { (busiest($0), -$0) < (busiest($1), -$1) } ?? 96
        return stride(from: 0, to: rows, by: size).map { $0..<min($0 + size, rows) }
    }

    /// The most rows in a block.
    package static let largestBlock = 96
}

/// What one clip needs while it is encoded.
package final class EncoderWorkspace: Sendable {
    package let layout: EncoderLayout
    /// `[paddedTokens, width]`, float32
    package let tokens: AlignedMemory
    /// `[heads, paddedTokens, headWidth]`, operands
    package let queries: AlignedMemory
    package let keys: AlignedMemory
    package let values: AlignedMemory
    /// `[paddedTokens, width]`, operands `rowStride` apart
    package let attended: AlignedMemory

    package init(_ layout: EncoderLayout, precision: ComputePrecision) {
        self.layout = layout
        let operands = layout.paddedTokens * layout.width * precision.elementBytes
        tokens = AlignedMemory(bytes: layout.paddedTokens * layout.width * 4)
        queries = AlignedMemory(bytes: operands)
        keys = AlignedMemory(bytes: operands)
        values = AlignedMemory(bytes: operands)
        attended = AlignedMemory(bytes: layout.paddedTokens * layout.rowStride * precision.elementBytes)
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

    package init(_ layout: EncoderLayout) {
        let count = EncoderLayout.largestBlock
        rows = AlignedMemory(bytes: count * max(layout.rowStride, layout.tubeletValues) * 4)
        hidden = AlignedMemory(bytes: count * layout.hiddenStride * 4)
        attention = AlignedMemory(bytes: tal_attention_scratch_bytes(layout.tokens, layout.headWidth))
        tubelets = AlignedMemory(bytes: count * layout.tubeletValues * 4)
    }
}
