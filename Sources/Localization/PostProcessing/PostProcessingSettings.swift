import Configuration

/// What happens between a head's output and the detections of a video.
public struct PostProcessingSettings: Configurable {
    /// Only class scores above this become proposals.
    public var scoreThreshold: Float = 0.001
    /// Most proposals taken from each level of the feature pyramid, the best first.
    public var proposalsPerLevel = 2000
    /// Only proposals longer than this, in units of the feature grid, are kept.
    public var minimumLength: Float = 0.05
    /// How overlapping proposals compete.
    public var suppression = SuppressionSettings()
    /// How video-level class scores are joined with segment scores; unused where there are none.
    public var fusion = ScoreFusionSettings()

    public init() {}

    public func validate() throws {
        if proposalsPerLevel < 1 {
            throw ConfigurationError.invalidValue(
                file: "", key: "post_processing.proposals_per_level", problem: "must be at least 1")
        }
        try suppression.validate()
        try fusion.validate()
    }
}
