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

/// Gives class-agnostic segments the classes of their video.
///
/// Each of the best segments is repeated for each of the best classes, so the result holds every segment several times
/// with different labels; that is intended.
public struct ScoreFusion: Sendable {
    /// What it does.
    public let settings: ScoreFusionSettings

    public init(_ settings: ScoreFusionSettings = ScoreFusionSettings()) { self.settings = settings }

    /// The segments with classes, those of the best class first and by descending score within a class.
    ///
    /// - Parameters:
    ///   - segments: class-agnostic segments; their labels are ignored.
    ///   - videoScores: the score of each class for the whole video.
    public func fuse(_ segments: [ScoredSegment], videoScores: [Double]) -> [ScoredSegment] {
        let best = segments.indices.sorted { (segments[$0].score, $1) > (segments[$1].score, $0) }
            .prefix(settings.maximumSegments)
        let classes = videoScores.indices.sorted { (videoScores[$0], $1) > (videoScores[$1], $0) }
            .prefix(settings.topClasses)
        return classes.flatMap { label in
            best.map { index in
                let product = segments[index].score * videoScores[label]
                return ScoredSegment(
                    segment: segments[index].segment,
                    score: settings.formula == .product ? product : product.squareRoot(), label: label)
            }
        }
    }
}
