public import Annotations

/// Evaluates detections against annotations under a protocol.
///
/// ```swift
/// let evaluator = try Evaluator(annotations, protocol: .named("thumos14"))
/// let result = try evaluator.evaluate(DetectionTable(detections))
/// print(result.averageMAP)
/// ```
public struct Evaluator: Sendable {
    public let evaluationProtocol: EvaluationProtocol
    let truth: GroundTruth
    let rules: EvaluationRules
    let baseCounts: EvaluationCounts
    /// The counts of the ground truth, before any prediction is evaluated.
    public var counts: EvaluationCounts { baseCounts }

    /// - Parameters:
    ///   - annotations: all videos of a file; the subset of the protocol is taken from it.
    ///   - settings: what is evaluated, and by which rule.
    ///   - subset: replaces the protocol's subset.
    /// - Throws: ``EvaluationError`` or `FileError` when there is nothing to evaluate.
    public init(_ annotations: AnnotationSet, protocol settings: EvaluationProtocol, subset: String? = nil) throws {
        try settings.validate()
        var settings = settings
        settings.subset = subset ?? settings.subset
        var counts = EvaluationCounts()
        // A file without subsets is one subset.
        counts.hasNoSubsets = annotations.subsetNames.isEmpty && !settings.subset.isEmpty
        let takesAll = settings.subset.isEmpty || counts.hasNoSubsets
        let chosen = takesAll ? annotations : try annotations.subset(settings.subset)
        rules = EvaluationRules(settings.compatibility)
        var truth = try GroundTruth(chosen, protocol: settings, rules: rules, counts: &counts)
        if !takesAll {
            truth.otherSubsetVideos = Set(annotations.videos.map(\.id)).subtracting(chosen.videos.map(\.id))
        }
        self.truth = truth
        evaluationProtocol = settings
        baseCounts = counts
    }

    /// Videos that the annotations assign to a subset that is not evaluated. The plain rule leaves predictions in
    /// them out; rules that reproduce reference code count them as false positives.
    public var otherSubsetVideos: Set<String> { truth.otherSubsetVideos }

    /// The labels that are evaluated.
    public var classes: [String] { truth.classes }

    /// Mean average precision, and Recall@kx where the protocol asks for it.
    ///
    /// - Throws: ``EvaluationError`` when the predictions share no video or no label with the ground truth.
    public func evaluate(_ detections: DetectionTable) throws(EvaluationError) -> EvaluationResult {
        try match(detections).result
    }

    /// Ranks and matches detections; everything else is computed from the outcome.
    ///
    /// - Throws: ``EvaluationError`` when the predictions share no video or no label with the ground truth.
    public func match(_ detections: DetectionTable) throws(EvaluationError) -> DetectionMatches {
        try requireThresholds()
        var counts = baseCounts
        let ranked = try RankedPredictions(
            detections, in: truth, protocol: evaluationProtocol, rules: rules, counts: &counts)
        var matcher = SegmentMatcher(truth, thresholds: evaluationProtocol.tiou, rules: rules)
        let outcomes = truth.classes.indices.map { number in
            matcher.match(
                ranked.rows[ranked.classOffsets[number]..<ranked.classOffsets[number + 1]], of: detections,
                videos: ranked.groundTruthVideo, class: number)
        }
        return DetectionMatches(evaluator: self, table: detections, ranked: ranked, outcomes: outcomes, counts: counts)
    }

    func requireThresholds() throws(EvaluationError) {
        guard !evaluationProtocol.tiou.isEmpty else {
            throw .invalidSetting(
                "protocol '\(evaluationProtocol.name)' has no tIoU thresholds; its task is "
                    + "\(evaluationProtocol.task.rawValue), not detection")
        }
    }
}

/// Evaluates detections held in memory with one call.
///
/// - Parameters:
///   - detections: in any order.
///   - annotations: the ground truth; the subset of the protocol is taken from it.
///   - settings: the protocol, for instance `try .named("activitynet-1.3")`.
/// - Throws: ``EvaluationError`` or `FileError` when there is nothing to evaluate.
public func evaluate(
    _ detections: some Sequence<Detection>, against annotations: AnnotationSet, protocol settings: EvaluationProtocol
) throws -> EvaluationResult {
    try Evaluator(annotations, protocol: settings).evaluate(DetectionTable(detections))
}
