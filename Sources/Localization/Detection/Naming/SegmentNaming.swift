public import Annotations
public import Features
import Files
public import Tensors

/// Gives segments labels by what their features show, whatever the head knows of classes.
public struct SegmentNaming: Sendable {
    /// The scores of all labels for segments of one video, `[segments, labels]`, rows adding up to 1, or why there are none.
    public typealias Scores = @Sendable ([Segment], FeatureSequence) throws -> Tensor

    public let labels: [String]
    /// Each segment is given to this many best labels.
    public let topLabels: Int
    /// How the scores of segment and label become one.
    public let formula: FusionFormula
    private let scores: Scores

    /// - Parameters:
    ///   - labels: at least one.
    ///   - topLabels: at least 1.
    ///   - formula: joins the score of a segment with that of a label.
    ///   - scores: gives the scores of all labels for segments.
    public init(
        labels: [String], topLabels: Int, formula: FusionFormula = .geometricMean, scores: @escaping Scores
    ) {
        precondition(!labels.isEmpty && topLabels >= 1, "\(labels.count) labels, \(topLabels) for each segment")
        self.labels = labels
        self.topLabels = topLabels
        self.formula = formula
        self.scores = scores
    }

    /// Detections of the best labels of each segment, best first.
    func detections(from segments: [Detection], features: FeatureSequence) throws -> [Detection] {
        guard !segments.isEmpty else { return [] }
        let all = try scores(segments.map(\.segment), features).elements
        let named = segments.enumerated().flatMap { row, segment -> [Detection] in
            let own = Array(all[(row * labels.count)..<((row + 1) * labels.count)])
            let best = own.indicesByDescending { $0 }.prefix(topLabels)
            return best.map { label in
                var detection = segment
                let product = segment.score * Double(own[label])
                detection.label = labels[label]
                detection.score = formula == .product ? product : product.squareRoot()
                return detection
            }
        }
        return named.sortedByDescending(\.score)
    }
}

extension Detector {
    /// The segments of one video without their classes, best first. Where a head proposes one segment for several classes, the
    /// best score counts, so that heads with classes and class-agnostic heads can both be used.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``
    public func segments(in features: FeatureSequence) throws(LocalizationError) -> [Detection] {
        segments(of: try rawProposals(in: features))
    }

    /// The segments of proposals that were found before, without their classes, best first.
    func segments(of raw: RawProposals) -> [Detection] {
        // The score that counts is that of segment and name together.
        var settings = model.settings.postProcessing
        settings.minimumScore = 0
        return PostProcessing(settings).detections(
            from: raw.competing(model.settings.postProcessing).withoutClasses, video: raw.video, grid: raw.grid,
            durationSeconds: raw.durationSeconds, classes: [AnnotationSet.anyAction])
    }

    /// The detections of one video with labels by its features, best first.
    ///
    /// - Throws: ``LocalizationError/otherFeatures(file:video:problem:)``, or what keeps `naming` from its scores.
    public func detections(in features: FeatureSequence, naming: SegmentNaming) throws -> [Detection] {
        try detections(from: rawProposals(in: features), features: features, naming: naming)
    }

    /// The detections of proposals that were found before with labels by the features, best first.
    ///
    /// - Throws: what keeps `naming` from its scores.
    public func detections(
        from raw: RawProposals, features: FeatureSequence, naming: SegmentNaming
    ) throws -> [Detection] {
        let named = try naming.detections(from: segments(of: raw), features: features)
        let least = model.settings.postProcessing.minimumScore
        return least > 0 ? named.filter { $0.score >= least } : named
    }
}

extension Proposals {
    /// Every segment once, with the best score that any class gives it and label 0.
    var withoutClasses: Proposals {
        var known: [SIMD2<Float>: Int] = [:]
        var result = Proposals()
        for index in 0..<count {
            let ends = SIMD2(starts[index], self.ends[index])
            if let position = known[ends] {
                result.scores[position] = max(result.scores[position], scores[index])
            } else {
                known[ends] = result.count
                result.append(start: ends.x, end: ends.y, score: scores[index], label: 0)
            }
        }
        return result
    }
}
