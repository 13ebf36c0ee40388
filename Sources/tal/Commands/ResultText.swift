import Evaluation
import Foundation

/// An evaluation result as text: what was counted, the rule, then the tables.
struct ResultText {
    let result: EvaluationResult

    init(_ result: EvaluationResult) {
        self.result = result
    }

    func text(perClass: Bool) -> String {
        var parts = [Self.counts(result.counts, result.evaluationProtocol), table]
        if !result.topMultipleRecall.isEmpty { parts.append(topMultipleTable) }
        if let recall = result.proposalRecall { parts.append(Self.proposalTable(recall)) }
        if perClass { parts.append(classTable) }
        return parts.joined(separator: "\n\n")
    }

    static func counts(_ counts: EvaluationCounts, _ settings: EvaluationProtocol) -> String {
        var lines = [
            "protocol      \(settings.name), subset '\(settings.subset)'",
            "rule          \(settings.ruleDescription)",
            "ground truth  \(counts.groundTruthVideos) videos, \(counts.groundTruthSegments) segments, "
                + "\(counts.classes) classes",
            "predictions   \(counts.predictions) given, \(counts.predictionsEvaluated) evaluated, in "
                + "\(counts.predictedVideos) videos",
        ]
        for (_, sentence, finding) in counts.findings where finding.count > 0 {
            let more = finding.count > finding.examples.count ? ", …" : ""
            lines.append("  \(finding.count) \(sentence) (\(finding.examples.joined(separator: ", "))\(more))")
        }
        return lines.joined(separator: "\n")
    }

    private var table: String {
        let names = EvaluationResult.thresholdNames(result.thresholds)
        var columns: [TextTable.Column] = [.right("tIoU"), .right("mAP %")]
        if result.intervals != nil { columns.append(.right("95 % interval")) }
        columns.append(.right("mean tIoU of hits"))
        var table = TextTable(columns)
        for (index, name) in names.enumerated() {
            var cells = [name, Self.percent(result.meanAveragePrecision[index])]
            if let intervals = result.intervals { cells.append(Self.text(of: intervals.meanAveragePrecision[index])) }
            cells.append(result.meanMatchedTIoU[index].map { Self.number($0, 3) } ?? "-")
            table.add(cells)
        }
        var cells = ["average", Self.percent(result.averageMAP)]
        if let intervals = result.intervals { cells.append(Self.text(of: intervals.averageMAP)) }
        table.add(cells + [""])
        return table.description
    }

    private var topMultipleTable: String {
        let names = EvaluationResult.thresholdNames(result.thresholds)
        var table = TextTable([.left("recall %")] + names.map { .right("tIoU \($0)") })
        for item in result.topMultipleRecall {
            table.add(["R@\(item.multiple)x"] + item.meanRecall.map { Self.percent($0) })
        }
        return table.description
    }

    static func proposalTable(_ recall: ProposalRecall) -> String {
        var table = TextTable([.left("proposals"), .right("AR %")])
        for number in [1, 5, 10, 100] { table.add("AR@\(number)", percent(recall[averageNumber: number])) }
        table.add("AUC", percent(recall.areaUnderCurve))
        return table.description
    }

    private var classTable: String {
        let names = EvaluationResult.thresholdNames(result.thresholds)
        var table = TextTable(
            [.left("class"), .right("segments"), .right("predictions")] + names.map { .right("AP@\($0)") })
        for item in result.classes {
            table.add(
                [item.label, "\(item.segmentCount)", "\(item.predictionCount)"]
                    + item.averagePrecision.map { Self.percent($0) })
        }
        return table.description
    }

    private static func text(of interval: EvaluationResult.Interval) -> String {
        "\(percent(interval.lower)) – \(percent(interval.upper))"
    }

    static func percent(_ value: Double) -> String { number(value * 100, 2) }

    static func number(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
}
