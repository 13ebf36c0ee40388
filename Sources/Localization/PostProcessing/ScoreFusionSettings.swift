public import Configuration

/// How the score of a segment and the score of a class become one.
public enum FusionFormula: String, Codable, Sendable, CaseIterable {
    /// `sqrt(segment · class)`, as in ActionFormer and TriDet.
    case geometricMean = "geometric_mean"
    /// `segment · class`, as in BMN and G-TAD.
    case product
    /// `segment^(1 - w) · class^w` with the weight of the class score.
    case weighted
}

/// Settings of ``ScoreFusion`` and of the file from which the class scores of videos come.
public struct ScoreFusionSettings: Configurable {
    /// The file with the class scores of whole videos; see ``VideoClassScores/load(_:)`` for the kinds.
    public var scores: String?
    /// A list of class names, one a line, for an array whose columns have no names of their own.
    public var classes: String?
    /// A list of videos, one a line, for an array whose rows have no names of their own.
    public var videos: String?
    /// Whether the scores are logits, to be turned into probabilities.
    public var softmax = false
    /// How the two scores become one.
    public var formula = FusionFormula.geometricMean
    /// Weight of the class score for `weighted`; 0.5 is the geometric mean.
    public var classWeight = 0.5
    /// Each segment is given to this many best classes of its video.
    public var topClasses = 2
    /// Only this many best segments of a video are used.
    public var maximumSegments = 200

    public static var section: String { "fusion" }

    public init() {}

    public func validate() throws {
        if !(0...1).contains(classWeight) { throw invalid("class_weight", "must lie between 0 and 1") }
        if topClasses < 1 { throw invalid("top_classes", "must be at least 1") }
        if maximumSegments < 1 { throw invalid("maximum_segments", "must be at least 1") }
        if (classes == nil) != (videos == nil) { throw invalid("classes", "and fusion.videos go together") }
    }
}

extension VideoClassScores {
    /// The scores that the settings name; `nil` where they name none.
    ///
    /// The content tells the kind of the file: ActivityNet results without segments, the CUHK classifier's JSON, UntrimmedNet's
    /// array for THUMOS14, or any array `[videos, classes]` with lists of both.
    /// - Throws: ``LocalizationError/videoScores(file:problem:)`` or `FileError`
    public static func load(_ settings: ScoreFusionSettings) throws -> VideoClassScores? {
        guard let path = settings.scores else { return nil }
        return try VideoScoreFile(settings: settings, path: path).read()
    }
}
