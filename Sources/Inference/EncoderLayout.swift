import CKernels
import Tensors

/// The sizes of the clips that a packed encoder works through together.
package struct EncoderLayout: Sendable {
    /// Tubelets of a clip.
    package let videoTokens: Int
    /// Tokens of a clip: tubelets, and others such as group tokens or a class token.
    package let tokens: Int
    /// The most clips that are worked through together.
    package let clips: Int
    /// Rows from one clip to the next, an even number, since values are stored in pairs of rows.
    package let clipRows: Int
    /// Rows of all clips rounded up to whole blocks of queries; the rows beyond are computed like others and ignored.
    package let paddedTokens: Int
    package let width: Int
    package let heads: Int
    /// Channels of a head, those of zeros included.
    package let headWidth: Int
    /// Values of a tubelet, those of zeros included.
    package let tubeletValues: Int
    /// Elements from one row of operands to the next. The odd lines keep rows from falling on each other in the cache.
    package let rowStride: Int
    /// The same for what attention gives.
    package let attendedStride: Int
    package let hiddenStride: Int

    /// - Parameters:
    ///   - videoTokens: tubelets of a clip.
    ///   - extraTokens: tokens beside them, such as group tokens.
    ///   - headWidth: channels of a head with those of zeros; what the width gives where nil.
    ///   - tubeletValues: values in a tubelet.
    ///   - clips: the most clips that are worked through together.
    package init(
        videoTokens: Int, extraTokens: Int, width: Int, heads: Int, headWidth: Int? = nil, tubeletValues: Int,
        clips: Int = 1
    ) {
        self.videoTokens = videoTokens
        let tokens = videoTokens + extraTokens
        self.tokens = tokens
        self.clips = clips
        clipRows = (tokens + 1) / 2 * 2
        let block = Int(TAL_QUERIES)
        paddedTokens = ((clips - 1) * clipRows + tokens + block - 1) / block * block
        self.width = width
        self.heads = heads
        self.headWidth = headWidth ?? width / heads
        self.tubeletValues = tubeletValues
        rowStride = max(width, PackedBlock.portion) + 32
        attendedStride = max(heads * self.headWidth, PackedBlock.portion) + 32
        hiddenStride = PackedBlock.portion + 32
    }

    /// Rows of all clips rounded up to whole tiles: the rows that are computed.
    package var rows: Int { rows(clips: clips) }

    /// The same of the first few clips.
    package func rows(clips: Int) -> Int { ((clips - 1) * clipRows + tokens + 7) / 8 * 8 }

    /// Equal blocks of rows, small enough for the nearest caches, and as many as keep all threads busy to the end.
    ///
    /// - Parameter clips: how many there are now; the most where nil.
    package func rowBlocks(threads: Int, clips: Int? = nil) -> [Range<Int>] {
        let rows = rows(clips: clips ?? self.clips)
        let sizes = stride(from: 48, through: Self.largestBlock, by: 8)
        func busiest(_ size: Int) -> Int { ((rows + size - 1) / size + threads - 1) / threads * size }
        let size = sizes.min { (busiest($0), -$0) < (busiest($1), -$1) } ?? Self.largestBlock
        return stride(from: 0, to: rows, by: size).map { $0..<min($0 + size, rows) }
    }

    /// The most rows in a block.
    package static let largestBlock = 96
}
