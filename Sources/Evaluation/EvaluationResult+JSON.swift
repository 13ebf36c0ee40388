import Annotations
import Foundation

extension EvaluationResult {
    /// The result as a JSON object: `average_map`, `map`, `classes`, `counts`, `protocol`, and what else was computed.
    ///
    /// Numbers are written so that they read back exactly.
    public var json: JSONValue {
        let names = Self.thresholdNames(thresholds)
        func byThreshold(_ values: [Double]) -> JSONValue {
            .object(zip(names, values).map { ($0, .number($1)) })
        }
        var members: [(String, JSONValue)] = [
            ("average_map", .number(averageMAP)),
            ("map", byThreshold(meanAveragePrecision)),
            ("classes", .object(classes.map { ($0.label, byThreshold($0.averagePrecision)) })),
            ("counts", counts.json),
            (
                "mean_matched_tiou",
                .object(zip(names, meanMatchedTIoU).map { ($0, $1.map(JSONValue.number) ?? .null) })
            ),
            (
                "protocol",
                .object([
                    ("name", .string(evaluationProtocol.name)), ("subset", .string(evaluationProtocol.subset)),
                    ("tiou", .array(thresholds.map(JSONValue.number))),
                    ("compatibility", .string(evaluationProtocol.compatibility.rawValue)),
                    ("rule", .string(evaluationProtocol.ruleDescription)),
                ])
            ),
            ("warnings", .array(warnings.map(JSONValue.string))),
        ]
        if !topMultipleRecall.isEmpty {
            members.append(
                ("recall_at_kx", .object(topMultipleRecall.map { ("\($0.multiple)x", byThreshold($0.meanRecall)) })))
        }
        if let proposalRecall { members.append(("recall", proposalRecall.json)) }
        if let intervals {
            func interval(_ value: Interval) -> JSONValue { .array([.number(value.lower), .number(value.upper)]) }
            members.append(
                (
                    "bootstrap",
                    .object([
                        ("samples", .number(Double(intervals.samples))), ("seed", .string("\(intervals.seed)")),
                        ("average_map", interval(intervals.averageMAP)),
                        ("map", .object(zip(names, intervals.meanAveragePrecision).map { ($0, interval($1)) })),
                    ])
                ))
        }
        return .object(members)
    }
}

extension EvaluationCounts {
    /// All counts; what was found is a number each, with the first names under `examples`.
    public var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("ground_truth_videos", .number(Double(groundTruthVideos))),
            ("ground_truth_segments", .number(Double(groundTruthSegments))),
            ("classes", .number(Double(classes))),
            ("predictions", .number(Double(predictions))),
            ("predictions_evaluated", .number(Double(predictionsEvaluated))),
            ("predicted_videos", .number(Double(predictedVideos))),
        ]
        var examples: [(String, JSONValue)] = []
        for (key, _, finding) in findings {
            members.append((key, .number(Double(finding.count))))
            if finding.count > 0 { examples.append((key, .array(finding.examples.map(JSONValue.string)))) }
        }
        members.append(("examples", .object(examples)))
        return .object(members)
    }
}

extension ProposalRecall {
    /// `AR@1`, `AR@5`, `AR@10`, `AR@100`, and `AUC` as a fraction.
    public var json: JSONValue {
        .object(
            [1, 5, 10, 100].map { ("AR@\($0)", .number(self[averageNumber: $0])) } + [("AUC", .number(areaUnderCurve))])
    }
}
