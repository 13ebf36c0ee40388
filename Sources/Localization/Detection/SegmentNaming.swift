import Annotations
import Configuration
import Features
import Tensors

/// How segments are named by words.
public struct SegmentNamingSettings: Configurable {
    /// Similarities are divided by this before the softmax over the labels; smaller is more decided.
    public var temperature = 0.05
    /// Each segment is given to this many best labels.
    public var topLabels = 3
    /// Share of a label's mean similarity over the video that is taken from its similarity to a segment: 0 compares
    /// segments with labels as they are, 1 asks only in what a segment differs from the rest of its video.
    public var centering = 0.0
    /// How the scores of segment and label become one.
    public var formula = FusionFormula.geometricMean

    public init() {}

    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ problem: String) throws {
            guard condition else { throw ConfigurationError.invalidValue(file: "", key: key, problem: problem) }
        }
        try require(temperature > 0 && temperature.isFinite, "temperature", "must be above 0")
        try require(topLabels >= 1, "top_labels", "must be at least 1")
        try require((0...1).contains(centering), "centering", "must be between 0 and 1")
    }
}

/// Names segments by the similarity of their features to labels in words, so that labels need not be known to the head.
///
/// A segment is the mean of the snippets' vectors in the space shared with text, each weighted by the share of its window that
/// lies inside the segment, brought to length 1. Its similarity to a label is the cosine; a softmax over all labels at a
/// temperature gives the score of a label.
public struct SegmentNaming: Sendable {
    /// The vectors of snippets in the common space, `[time, common]`, rows of length 1, or why there are none.
    public typealias SnippetVectors = @Sendable (FeatureSequence, FeatureOrigin?) throws -> Tensor

    public let labels: [String]
    public let settings: SegmentNamingSettings
    let snippets: SnippetVectors
    private let labelVectors: Tensor

    /// - Parameters:
    ///   - labels: at least one.
    ///   - vectors: of the labels in the common space, `[labels, common]`, rows of length 1.
    ///   - settings: must be valid.
    ///   - snippets: from the features of a video to its vectors.
    public init(
        labels: [String], vectors: Tensor, settings: SegmentNamingSettings = SegmentNamingSettings(),
        snippets: @escaping SnippetVectors
    ) {
        precondition(vectors.rank == 2 && vectors.shape[0] == labels.count, "\(labels.count) labels, \(vectors.shape)")
        self.labels = labels
        self.settings = settings
        self.snippets = snippets
        labelVectors = vectors
    }

    /// The share of each snippet's window that lies inside a segment; where no window touches it, 1 for the nearest.
    static func weights(of segment: Segment, count: Int, grid: SnippetGrid) -> [Float] {
        let length = grid.windowFrames / grid.framesPerSecond
        var weights = (0..<count).map { index -> Float in
            let start = grid.seconds(at: Double(index)) - length / 2
            let inside = min(segment.end, start + length) - max(segment.start, start)
            return Float(max(0, inside / length))
        }
        if weights.allSatisfy({ $0 <= 0 }), count > 0 {
            let nearest = grid.position(at: (segment.start + segment.end) / 2).rounded()
            weights[Int(min(max(nearest, 0), Double(count - 1)))] = 1
        }
        return weights
    }

    /// The scores of all labels for each segment, `[segments, labels]`; rows add up to 1.
    ///
    /// - Parameter snippets: `[time, common]`, rows of length 1, at least one row.
    public func scores(of segments: [Segment], snippets: Tensor, grid: SnippetGrid) -> Tensor {
        let count = snippets.shape[0]
        let weights = Tensor(
            segments.flatMap { Self.weights(of: $0, count: count, grid: grid) }, shape: [segments.count, count])
        var similarities = weights.matmul(snippets).l2Normalized().matmul(labelVectors, transposed: true)
        if settings.centering > 0 {
            let whole = snippets.matmul(labelVectors, transposed: true).mean(axes: [0], keepsAxes: true)
            similarities = similarities - whole * Float(settings.centering)
        }
        return (similarities * Float(1 / settings.temperature)).softmax()
    }

    /// Detections of the best labels of each segment, best first.
    func detections(from segments: [Detection], snippets: Tensor, grid: SnippetGrid) -> [Detection] {
        guard !segments.isEmpty else { return [] }
        let all = scores(of: segments.map(\.segment), snippets: snippets, grid: grid).elements
        let named = segments.enumerated().flatMap { row, segment -> [Detection] in
            let own = Array(all[(row * labels.count)..<((row + 1) * labels.count)])
            let best = own.indices.sorted { (own[$0], $1) > (own[$1], $0) }.prefix(settings.topLabels)
            return best.map { label in
                var detection = segment
                let product = segment.score * Double(own[label])
                detection.label = labels[label]
                detection.score = settings.formula == .product ? product : product.squareRoot()
                return detection
            }
        }
        let order = named.indices.sorted { (named[$0].score, $1) > (named[$1].score, $0) }
        return order.map { named[$0] }
    }
}

extension Detector {
    /// The segments of one video, whatever happens in them, best first: of the classes that a head proposes at one place the
    /// best counts, so that heads with classes and class-agnostic ones serve alike.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func segments(
        in features: FeatureSequence, origin: FeatureOrigin?, path: String
    ) throws(LocalizationError) -> [Detection] {
        guard let sample = try sample(of: features, origin: origin, path: path) else { return [] }
        return PostProcessing(model.settings.postProcessing).detections(
            from: proposals(in: sample).withoutClasses, video: sample.video, grid: sample.grid,
            durationSeconds: sample.durationSeconds, classes: [AnnotationSet.anyAction])
    }

    /// The detections of one video with labels in words, best first.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``, or what keeps `naming` from its vectors.
    public func detections(
        in features: FeatureSequence, origin: FeatureOrigin?, path: String, naming: SegmentNaming
    ) throws -> [Detection] {
        let segments = try segments(in: features, origin: origin, path: path)
        guard !segments.isEmpty else { return [] }
        return naming.detections(
            from: segments, snippets: try naming.snippets(features, origin), grid: features.grid)
    }
}

extension Proposals {
    /// Every segment once, with the best score that any class gives it and label 0.
    var withoutClasses: Proposals {
        var places: [SIMD2<Float>: Int] = [:]
        var result = Proposals()
        for index in 0..<count {
            let ends = SIMD2(starts[index], self.ends[index])
            if let place = places[ends] {
                result.scores[place] = max(result.scores[place], scores[index])
            } else {
                places[ends] = result.count
                result.append(start: ends.x, end: ends.y, score: scores[index], label: 0)
            }
        }
        return result
    }
}
