public import Configuration

/// How overlapping proposals compete.
public enum SuppressionMethod: String, Codable, Sendable, CaseIterable {
    /// Nothing is suppressed, sorted or cut.
    case none
    /// Proposals that overlap a better one are removed.
    case hard
    /// Scores of proposals that overlap a better one become 0.
    case vanilla
    /// Scores are multiplied by 1 - tIoU where tIoU reaches the threshold.
    case linear
    /// Scores are multiplied by `exp(-tIoU² / sigma)` (Bodla et al., Soft-NMS, 2017, eq. 2).
    case gaussian
    /// As `gaussian`, but only where tIoU reaches a bound that grows with the length of the better proposal (BMN, 2019).
    case improvedGaussian = "improved_gaussian"
}

/// What a neighbour counts when segments vote on boundaries.
public enum VotingWeight: String, Codable, Sendable, CaseIterable {
    /// Score times tIoU, as in ActionFormer.
    case scoreAndOverlap = "score_and_overlap"
    /// Score alone, as in TriDet and OpenTAD.
    case score
}

/// Settings of ``NonMaximumSuppression``.
public struct SuppressionSettings: Configurable {
    /// How overlapping proposals compete.
    public var method = SuppressionMethod.gaussian
    /// tIoU from which `hard`, `vanilla` and `linear` suppress; the others ignore it.
    public var overlapThreshold: Float = 0.1
    /// Width of the Gaussian decays; larger is milder.
    public var sigma: Float = 0.5
    /// `improved_gaussian` decays where tIoU ≥ `overlapBase + overlapSlope · length of the better proposal`.
    public var overlapBase: Float = 0.5
    /// See ``overlapBase``; per unit of the feature grid.
    public var overlapSlope: Float = 0
    /// Soft methods drop a proposal whose decayed score falls below this; `hard` first drops scores up to this.
    public var minimumScore: Float = 0.001
    /// Most segments kept of a video, and of each class when class-wise.
    public var maximumSegments = 200
    /// Whether only proposals of the same class compete.
    public var classWise = true
    /// tIoU from which neighbours vote on the boundaries of a kept segment; 0 turns voting off. Only used when not class-wise.
    public var votingThreshold: Float = 0
    /// What a neighbour counts in the vote.
    public var votingWeight = VotingWeight.scoreAndOverlap

    public static var section: String { "suppression" }

    public init() {}

    public func validate() throws {
        if sigma <= 0 {
            throw invalid("sigma", "must be above 0")
        }
        if maximumSegments < 1 {
            throw invalid("maximum_segments", "must be at least 1")
        }
        if !(0...1).contains(votingThreshold) {
            throw invalid("voting_threshold", "must lie between 0 and 1")
        }
    }
}
