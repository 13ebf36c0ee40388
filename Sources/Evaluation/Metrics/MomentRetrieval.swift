public import Annotations

/// Retrieval of moments by a sentence, by the rule of QVHighlights (Lei et al. 2021, section 5.1).
///
/// Recall@1 asks whether the best window of a query reaches the threshold with any true window; the mAP is the mean over
/// queries of the average precision of their windows, matched one to one.
public struct MomentRetrieval: Sendable, Equatable {
    /// The results for true windows of some lengths.
    public struct Range: Sendable, Equatable {
        /// `full`, `long`, `middle` or `short`.
        public var name: String
        /// Queries with a true window of such a length.
        public var queryCount: Int
        /// One for each threshold.
        public var recallAt1: [Double]
        /// One for each threshold.
        public var meanAveragePrecision: [Double]

        public var averageMAP: Double { meanAveragePrecision.reduce(0, +) / Double(meanAveragePrecision.count) }
    }

    public static let thresholds: [Double] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    /// Lengths in seconds, the lower end exclusive.
    private static let lengths: [(name: String, above: Double, upTo: Double)] = [
        ("full", -1, .infinity), ("long", 30, 150), ("middle", 10, 30), ("short", 0, 10),
    ]
    /// The number of windows of a query that are evaluated.
    private static let windowLimit = 10

    public var ranges: [Range]
    public var queryCount: Int
    public var windowCount: Int
    public var predictionCount: Int
    /// Queries without a prediction; they count as not found.
    public var missingQueries: [String]
    /// Predicted queries that are not in the ground truth; they are left out.
    public var unknownQueries: [String]

    /// - Parameters:
    ///   - predictions: the windows of each query in the order they are given, best first among equal scores.
    ///   - truth: the queries and their windows.
    /// - Throws: ``EvaluationError`` when there is no query or none in common.
    public init(_ predictions: [MomentQuery], against truth: [MomentQuery]) throws(EvaluationError) {
        guard let any = truth.first else {
            throw .noGroundTruth(protocolName: "qvhighlights", reason: "the file has no query")
        }
        let byID = Dictionary(predictions.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let known = Set(truth.map(\.id))
        missingQueries = truth.map(\.id).filter { byID[$0] == nil }
        unknownQueries = predictions.map(\.id).filter { !known.contains($0) }
        if missingQueries.count == truth.count, let first = predictions.first {
            throw .noCommonVideo(predicted: first.id, expected: any.id)
        }
        queryCount = truth.count
        windowCount = truth.reduce(0) { $0 + $1.windows.count }
        predictionCount = predictions.reduce(0) { $0 + $1.windows.count }
        ranges = try Self.lengths.map { (length) throws(EvaluationError) -> Range in
            let chosen = truth.compactMap { query -> MomentQuery? in
                var query = query
                query.windows = query.windows.filter {
                    $0.segment.duration > length.above && $0.segment.duration <= length.upTo
                }
                return query.windows.isEmpty ? nil : query
            }
            return try Self.range(length.name, chosen, byID)
        }
    }

    private static func range(
        _ name: String, _ truth: [MomentQuery], _ predictions: [String: MomentQuery]
    ) throws(EvaluationError) -> Range {
        guard !truth.isEmpty else {
            let zeros = thresholds.map { _ in 0.0 }
            return Range(name: name, queryCount: 0, recallAt1: zeros, meanAveragePrecision: zeros)
        }
        // Each query is a video with a class of its own, so that the mean over classes is the mean over queries.
        let videos = truth.map { query in
            AnnotatedVideo(
                id: query.id, segments: query.windows.map { LabelledSegment(segment: $0.segment, label: query.id) })
        }
        var table = DetectionTable()
        var best = [Double](repeating: 0, count: truth.count)
        for (index, query) in truth.enumerated() {
            guard let windows = predictions[query.id]?.windows.prefix(windowLimit) else { continue }
            // The rule below puts the last of a tie first; the reference, the first.
            for window in windows.reversed() {
                table.append(
                    Detection(video: query.id, label: query.id, segment: window.segment, score: window.score))
            }
            if let first = windows.first {
                best[index] = query.windows.map { first.segment.tIoU(with: $0.segment) }.max() ?? 0
            }
        }
        var settings = EvaluationProtocol()
        settings.name = "qvhighlights"
        settings.tiou = thresholds
        settings.compatibility = .official
        let result: EvaluationResult
        do {
            let evaluator = try Evaluator(AnnotationSet(videos: videos), protocol: settings)
            result = try evaluator.evaluate(table)
        } catch let error as EvaluationError {
            throw error
        } catch {
            throw .invalidSetting("\(error)")
        }
        return Range(
            name: name, queryCount: truth.count,
            recallAt1: thresholds.map { threshold in
                Double(best.count { $0 >= threshold }) / Double(truth.count)
            },
            meanAveragePrecision: result.meanAveragePrecision)
    }
}
