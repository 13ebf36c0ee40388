@testable import SViLM

extension CutAndPaste {
    /// One stretch of each clip stays.
    init(partners: [Int], kept: [Range<Int>], clipLength: Int) {
        self.init(
            partners: partners, kept: kept.map { range in (0..<clipLength).map { range.contains($0) } },
            clipLength: clipLength)
    }
}
