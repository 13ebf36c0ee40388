public import SViLM

extension CutAndPaste {
    /// One range of each clip stays.
    public init(partners: [Int], kept: [Range<Int>], clipLength: Int) {
        self.init(
            partners: partners, kept: kept.map { range in (0..<clipLength).map { range.contains($0) } },
            clipLength: clipLength)
    }
}
