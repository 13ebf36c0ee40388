import Annotations
public import Files
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
        if let inputs { members.append(("inputs", inputs.json)) }
        return .object(members)
    }
}

extension VideoClassification {
    /// The result as a JSON object.
    public var json: JSONValue {
        .object([
            ("map", .number(meanAveragePrecision)), ("hit@\(hitCount)", .number(hit)),
            ("average_hit@\(hitCount)", .number(averageHit)),
            (
                "counts",
                .object([
                    ("ground_truth_videos", .number(Double(videoCount))),
                    ("ground_truth_labels", .number(Double(pairCount))),
                    ("predictions", .number(Double(predictionCount))), ("dropped", .number(Double(droppedCount))),
                ])
            ),
            ("classes", .object(averagePrecision.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })),
        ])
    }
}

extension MomentRetrieval {
    /// The result as a JSON object: for each range of lengths, R@1 and mAP at each threshold.
    public var json: JSONValue {
        let names = EvaluationResult.thresholdNames(Self.thresholds)
        func byThreshold(_ values: [Double]) -> [(String, JSONValue)] { zip(names, values).map { ($0, .number($1)) } }
        return .object(
            ranges.map { range in
                (
                    range.name,
                    .object([
                        ("queries", .number(Double(range.queryCount))),
                        ("recall@1", .object(byThreshold(range.recallAt1))),
                        (
                            "map",
                            .object(byThreshold(range.meanAveragePrecision) + [("average", .number(range.averageMAP))])
                        ),
                    ])
                )
            } + [
                (
                    "counts",
                    .object([
                        ("queries", .number(Double(queryCount))), ("windows", .number(Double(windowCount))),
                        ("predictions", .number(Double(predictionCount))),
                        ("missing_queries", .number(Double(missingQueries.count))),
                        ("unknown_queries", .number(Double(unknownQueries.count))),
                    ])
                )
            ])
    }
}

extension PairedComparison {
    /// The comparison as a JSON object.
    public var json: JSONValue {
        func pair(_ value: EvaluationResult.Interval) -> JSONValue {
            .array([.number(value.lower), .number(value.upper)])
        }
        let names = EvaluationResult.thresholdNames(first.thresholds)
        return .object([
            ("verdict", .string(verdict.rawValue)), ("difference", .number(difference)), ("interval", pair(interval)),
            ("share_second_higher", .number(shareSecondHigher)), ("samples", .number(Double(samples))),
            ("seed", .string("\(seed)")),
            ("average_map", .array([.number(first.averageMAP), .number(second.averageMAP)])),
            (
                "thresholds",
                .object(
                    names.indices.map { index in
                        (
                            names[index],
                            .object([
                                ("difference", .number(thresholdDifferences[index])),
                                ("interval", pair(thresholdIntervals[index])),
                            ])
                        )
                    })
            ),
        ])
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
