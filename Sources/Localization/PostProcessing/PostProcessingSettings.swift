public import Configuration

/// What happens between a head's output and the detections of a video.
public struct PostProcessingSettings: Configurable {
    /// Only class scores above this become proposals.
    public var scoreThreshold: Float = 0.001
    /// Most proposals taken from each level of the feature pyramid, the best first.
    public var proposalsPerLevel = 2000
    /// Most proposals of a video that compete, the best first; 0 for all.
    public var maximumProposals = 0
    /// Only proposals longer than this, in units of the feature grid, are kept.
    public var minimumLength: Float = 0.05
    /// Proposals of this length or more, in units of the feature grid, are left out; `null` for no limit. G-TAD leaves out those
    /// of 300 frames.
    public var lengthLimit: Float?
    /// Detections of a lower score are left out at the very end, after suppression, fusion and naming.
    public var minimumScore = 0.0
    /// Whether the proposals of each sliding window compete by themselves before those of all windows do, as in G-TAD.
    public var suppressesWindows = false
    /// How overlapping proposals compete.
    public var suppression = SuppressionSettings()
    /// How video-level class scores are joined with segment scores; unused where there are none.
    public var fusion = ScoreFusionSettings()

    public static var section: String { "post_processing" }

    public init() {}

    public func validate() throws {
        if proposalsPerLevel < 1 {
            throw invalid("proposals_per_level", "must be at least 1")
        }
        if let lengthLimit, !(lengthLimit > minimumLength) {
            throw invalid("length_limit", "must be above minimum_length, or null")
        }
        if !minimumScore.isFinite {
            throw ConfigurationError.invalidValue(
                file: "", key: "post_processing.minimum_score", problem: "must be a finite number")
        }
        if maximumProposals < 0 {
            throw invalid("maximum_proposals", "must not be negative")
        }
        try validate(suppression)
        try validate(fusion)
    }
}
