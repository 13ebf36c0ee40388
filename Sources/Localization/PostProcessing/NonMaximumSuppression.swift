import Tensors
import Threads

/// Removes or weakens proposals that overlap better ones, and optionally lets neighbours vote on boundaries.
///
/// Everything is computed in `Float`, and the length of a segment is `end - start + 1e-6` when overlaps are computed, so the
/// results agree with the reference implementations of ActionFormer, TriDet and OpenTAD. Ties follow input order: sorts
/// are stable and a soft pass takes the first of equal scores.
public struct NonMaximumSuppression: Sendable {
    /// What it does.
    public let settings: SuppressionSettings

    public init(_ settings: SuppressionSettings = SuppressionSettings()) { self.settings = settings }

    /// The surviving segments by descending score, at most ``SuppressionSettings/maximumSegments``.
    ///
    /// With ``SuppressionMethod/none`` the proposals are returned as they are.
    ///
    /// - Complexity: O(n · k) for n proposals and k survivors of each class.
    public func callAsFunction(_ proposals: Proposals) -> Proposals {
        guard settings.method != .none, !proposals.isEmpty else { return proposals }
        let kept: Proposals
        if settings.classWise {
            kept = suppressEachClass(proposals)
        } else {
            let survivors = suppress(proposals)
            kept =
                settings.votingThreshold > 0
                ? SegmentVoting(threshold: settings.votingThreshold, weight: settings.votingWeight)
                    .refine(survivors, from: proposals)
                : survivors
        }
        return kept.selecting(Array(kept.descendingOrder.prefix(settings.maximumSegments)))
    }

    /// The survivors when every proposal competes with every other, in the order in which they were selected.
    func suppress(_ proposals: Proposals) -> Proposals {
        switch settings.method {
        case .none:
            return proposals
        case .hard:
            return proposals.selecting(
                HardSuppression.select(
                    from: proposals, overlapThreshold: settings.overlapThreshold,
                    minimumScore: settings.minimumScore, limit: settings.maximumSegments))
        case .vanilla, .linear, .gaussian, .improvedGaussian:
            let selections = SoftSuppression(settings).select(from: proposals, limit: settings.maximumSegments)
            var kept = proposals.selecting(selections.map(\.index))
            kept.scores = selections.map(\.score)
            return kept
        }
    }

    private func suppressEachClass(_ proposals: Proposals) -> Proposals {
        let groups = Dictionary(grouping: proposals.labels.indices, by: { proposals.labels[$0] })
            .sorted { $0.key < $1.key }.map(\.value)
        // Starting threads costs more than a few small classes take.
        let isLarge = groups.reduce(0) { $0 + $1.count * min($1.count, settings.maximumSegments) } > 1_000_000
        let parts =
            isLarge
            ? Parallel.map(groups.count) { suppress(proposals.selecting(groups[$0])) }
            : groups.map { suppress(proposals.selecting($0)) }
        var kept = Proposals()
        for part in parts { kept.append(contentsOf: part) }
        return kept
    }
}
