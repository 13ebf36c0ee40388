public import Annotations
public import Configuration
public import Features
public import Tensors

/// How segments are named by words.
public struct SegmentNamingSettings: Configurable {
    /// Similarities are divided by this before the softmax over the labels; smaller gives a sharper distribution.
    public var temperature = 0.05
    /// Each segment is given to this many best labels.
    public var topLabels = 3
    /// Fraction of a label's mean similarity over the video that is subtracted from its similarity to a segment: 0 compares
    /// segments with labels directly, 1 measures only how a segment differs from the rest of its video.
    public var centering = 0.0
    /// How the scores of segment and label become one.
    public var formula = FusionFormula.geometricMean

    public init() {}

    public func validate() throws {
        try require(temperature > 0 && temperature.isFinite, "temperature", "must be above 0")
        try require(topLabels >= 1, "top_labels", "must be at least 1")
        try require((0...1).contains(centering), "centering", "must be between 0 and 1")
    }
}

/// Scores labels in words for segments, by the similarity of their features, so that labels need not be known to the head.
///
/// A segment is the mean of the snippets' vectors in the space shared with text, each weighted by the fraction of its window that
/// lies inside the segment, brought to length 1. Its similarity to a label is the cosine; a softmax over all labels at a
/// temperature gives the score of a label.
public struct WordNaming: Sendable {
    /// The vectors of snippets in the common space, `[time, common]`, rows of length 1, or why there are none.
    public typealias SnippetVectors = @Sendable (FeatureSequence) throws -> Tensor

    public let labels: [String]
    public let settings: SegmentNamingSettings
    private let labelVectors: Tensor

    /// - Parameters:
    ///   - labels: at least one.
    ///   - vectors: of the labels in the common space, `[labels, common]`, rows of length 1.
    ///   - settings: must be valid.
    public init(
        labels: [String], vectors: Tensor, settings: SegmentNamingSettings = SegmentNamingSettings()
    ) {
        precondition(vectors.rank == 2 && vectors.shape[0] == labels.count, "\(labels.count) labels, \(vectors.shape)")
        self.labels = labels
        self.settings = settings
        labelVectors = vectors
    }

    /// The scores of all labels for each segment, `[segments, labels]`; rows add up to 1.
    ///
    /// - Parameters:
    ///   - segments: in seconds.
    ///   - snippets: `[time, common]`, rows of length 1, at least one row.
    ///   - grid: which seconds the snippets cover.
    public func scores(of segments: [Segment], snippets: Tensor, grid: SnippetGrid) -> Tensor {
        let means = SegmentMean.of(snippets, segments: segments, grid: grid).l2Normalized()
        var similarities = means.matmul(labelVectors, transposed: true)
        if settings.centering > 0 {
            let whole = snippets.matmul(labelVectors, transposed: true).mean(axes: [0], keepsAxes: true)
            similarities = similarities - whole * Float(settings.centering)
        }
        return (similarities * Float(1 / settings.temperature)).softmax()
    }

    /// The naming of segments by these words.
    ///
    /// - Parameter snippets: from the features of a video to its vectors.
    public func naming(snippets: @escaping SnippetVectors) -> SegmentNaming {
        SegmentNaming(labels: labels, topLabels: settings.topLabels, formula: settings.formula) {
            segments, features in
            scores(of: segments, snippets: try snippets(features), grid: features.grid)
        }
    }
}
