public import Tensors

/// Which captions a blended video belongs to, and by how much: `Y[i, i] = β_i` and `Y[i, p(i)] = 1 - β_i` (paper,
/// section 3.3).
public struct MixedTargets: Sendable {
    /// `[videos, captions]`; rows sum to 1, or are 0 for videos that count for nothing.
    public let videoToText: Tensor
    /// `[captions, videos]`: the transpose, each row divided by its sum.
    public let textToVideo: Tensor

    /// - Parameters:
    ///   - paste: partners and shares.
    ///   - classes: a number for each caption, equal for captions that say the same. What is due to one of them is shared
    ///     evenly among them, so that none counts as wrong for the video of another. All different where `nil`.
    ///   - isUsable: captions that count; a video loses what it would give to others. All where `nil`.
    public init(_ paste: CutAndPaste, classes: [Int]? = nil, isUsable: [Bool]? = nil) {
        let count = paste.batch
        var rows = [[Float]](repeating: [Float](repeating: 0, count: count), count: count)
        for clip in 0..<count {
            rows[clip][clip] += paste.share(clip)
            rows[clip][paste.partners[clip]] += 1 - paste.share(clip)
        }
        if let classes {
            var members: [Int: [Int]] = [:]
            for (index, name) in classes.enumerated() { members[name, default: []].append(index) }
            for group in members.values where group.count > 1 {
                for clip in 0..<count {
                    let due = group.reduce(0) { $0 + rows[clip][$1] } / Float(group.count)
                    for caption in group { rows[clip][caption] = due }
                }
            }
        }
        if let isUsable {
            for clip in 0..<count { for caption in 0..<count where !isUsable[caption] { rows[clip][caption] = 0 } }
        }
        let columns = (0..<count).map { caption in rows.map { $0[caption] } }
        videoToText = Self.normalized(rows)
        textToVideo = Self.normalized(columns)
    }

    private static func normalized(_ rows: [[Float]]) -> Tensor {
        Tensor(
            rows.flatMap { row in
                let sum = row.reduce(0, +)
                return sum > 0 ? row.map { $0 / sum } : row
            }, shape: [rows.count, rows.first?.count ?? 0])
    }
}

/// The contrastive loss in both directions with targets that may be shared among several (InfoNCE: van den Oord et al., 2018).
public enum MixedContrastive {
    /// The loss, a scalar: the mean of both directions, each the mean cross-entropy of the rows that have a target.
    ///
    /// - Parameters:
    ///   - logits: `[videos, captions]`, similarities times the logit scale.
    ///   - targets: which captions belong to a video, and how much.
    ///   - isUsable: captions that count; the others are no wrong answers either. All where `nil`.
    public static func loss(_ logits: Tensor, targets: MixedTargets, isUsable: [Bool]? = nil) -> Tensor {
        precondition(logits.shape == targets.videoToText.shape, "logits \(logits.shape)")
        var masked = logits
        if let isUsable {
            masked = logits + Tensor(isUsable.map { $0 ? 0 : -1e4 }, shape: [1, isUsable.count])
        }
        return (direction(masked, targets.videoToText) + direction(logits.transposed([1, 0]), targets.textToVideo))
            * 0.5
    }

    private static func direction(_ logits: Tensor, _ targets: Tensor) -> Tensor {
        let counted = targets.sum(axes: [1]).elements.count { $0 > 0 }
        return (logits.logSoftmax() * targets).sum() * (-1 / Float(max(counted, 1)))
    }
}
