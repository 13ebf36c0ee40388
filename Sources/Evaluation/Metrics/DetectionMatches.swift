import Annotations
public import Files

/// Detections matched to the ground truth: what mean average precision, curves and intervals are computed from.
public struct DetectionMatches {
    let evaluator: Evaluator
    let table: DetectionTable
    let ranked: RankedPredictions
    /// One for each class.
    let outcomes: [SegmentMatcher.Outcome]
    public let counts: EvaluationCounts

    var thresholds: [Double] { evaluator.evaluationProtocol.tiou }

    /// Mean average precision, and Recall@kx where the protocol asks for it.
    public var result: EvaluationResult {
        let truth = evaluator.truth
        let classes = truth.classes.indices.map { number in
            let segments = truth.classOffsets[number + 1] - truth.classOffsets[number]
            return EvaluationResult.ClassResult(
                label: truth.classes[number], segmentCount: segments, predictionCount: outcomes[number].hits.count,
                averagePrecision: AveragePrecision.values(
                    hits: outcomes[number].hits, ignored: outcomes[number].ignored, segmentCount: segments,
                    thresholdCount: thresholds.count))
        }
        var result = EvaluationResult(
            evaluationProtocol: evaluator.evaluationProtocol, thresholds: thresholds, counts: counts, classes: classes,
            meanAveragePrecision: thresholds.indices.map { threshold in
                classes.reduce(0) { $0 + $1.averagePrecision[threshold] } / Double(classes.count)
            },
            meanMatchedTIoU: thresholds.indices.map(meanMatchedTIoU))
        result.topMultipleRecall = evaluator.evaluationProtocol.recallMultiples.map { multiple in
            TopMultipleRecall(matches: self, multiple: multiple)
        }
        return result
    }

    /// Recall and precision after each prediction of a class, best first; empty for an unknown label or threshold.
    ///
    /// - Parameters:
    ///   - label: a class of the ground truth.
    ///   - threshold: the position of a temporal IoU threshold in the protocol.
    public func precisionRecallCurve(
        label: String, threshold: Int
    ) -> [(recall: Double, precision: Double)] {
        guard let number = evaluator.truth.classes.firstIndex(of: label), thresholds.indices.contains(threshold) else {
            return []
        }
        let segments = evaluator.truth.classOffsets[number + 1] - evaluator.truth.classOffsets[number]
        return AveragePrecision.curve(outcomes[number], segmentCount: segments, threshold: threshold)
    }

    /// The curves of every class and threshold as a JSON object: `{label: {threshold: {"recall": […], "precision": […]}}}`,
    /// with a point for each hit.
    public var curvesJSON: JSONValue {
        let names = EvaluationResult.thresholdNames(thresholds)
        return .object(
            evaluator.truth.classes.map { label in
                let curves = names.indices.map { threshold -> (String, JSONValue) in
                    var last = 0.0
                    let points = precisionRecallCurve(label: label, threshold: threshold).filter { point in
                        defer { last = point.recall }
                        return point.recall > last
                    }
                    return (
                        names[threshold],
                        .object([
                            ("recall", .array(points.map { .number($0.recall) })),
                            ("precision", .array(points.map { .number($0.precision) })),
                        ])
                    )
                }
                return (label, .object(curves))
            })
    }

    private func meanMatchedTIoU(_ threshold: Int) -> Double? {
        var sum = 0.0, count = 0
        for outcome in outcomes {
            sum += outcome.tIoUSums[threshold]
            count += outcome.hits.count { $0 >> UInt64(threshold) & 1 == 1 }
        }
        return count > 0 ? sum / Double(count) : nil
    }
}
