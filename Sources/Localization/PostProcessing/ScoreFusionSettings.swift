import Configuration

/// How the score of a segment and the score of a class become one.
public enum FusionFormula: String, Codable, Sendable, CaseIterable {
    /// `sqrt(segment · class)`, as in ActionFormer and TriDet.
    case geometricMean = "geometric_mean"
    /// `segment · class`, as in BMN and G-TAD.
    case product
}

/// Settings of ``ScoreFusion``.
public struct ScoreFusionSettings: Configurable {
    /// How the two scores become one.
    public var formula = FusionFormula.geometricMean
    /// Each segment is given to this many best classes of its video.
    public var topClasses = 2
    /// Only this many best segments of a video are used.
    public var maximumSegments = 200

    public init() {}

    public func validate() throws {
        if topClasses < 1 {
            throw ConfigurationError.invalidValue(file: "", key: "fusion.top_classes", problem: "must be at least 1")
        }
        if maximumSegments < 1 {
            throw ConfigurationError.invalidValue(
                file: "", key: "fusion.maximum_segments", problem: "must be at least 1")
        }
    }
}
