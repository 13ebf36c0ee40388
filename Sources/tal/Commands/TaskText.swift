import Evaluation

/// Results of the tasks other than detection, as text.
enum TaskText {
    static func text(of result: MomentRetrieval) -> String {
        let names = EvaluationResult.thresholdNames(MomentRetrieval.thresholds)
        let shown = [0, 4, 5]
        var table = TextTable(
            [.left("windows"), .right("queries")] + shown.map { .right("R1@\(names[$0]) %") } + [.right("mAP %")]
                + shown.map { .right("mAP@\(names[$0]) %") })
        for range in result.ranges {
            table.add(
                [range.name, "\(range.queryCount)"] + shown.map { ResultText.percent(range.recallAt1[$0]) }
                    + [ResultText.percent(range.averageMAP)]
                    + shown.map { ResultText.percent(range.meanAveragePrecision[$0]) })
        }
        return """
            ground truth  \(result.queryCount) queries, \(result.windowCount) windows
            predictions   \(result.predictionCount) windows; \(result.missingQueries.count) queries have none, \
            \(result.unknownQueries.count) predicted queries are unknown

            \(table)
            """
    }

    static func text(of result: VideoClassification) -> String {
        var table = TextTable([.left("measure"), .right("%")])
        table.add("mAP", ResultText.percent(result.meanAveragePrecision))
        table.add("hit@\(result.hitCount)", ResultText.percent(result.hit))
        table.add("average hit@\(result.hitCount)", ResultText.percent(result.averageHit))
        return """
            ground truth  \(result.videoCount) videos, \(result.pairCount) labels of videos
            predictions   \(result.predictionCount), of which \(result.droppedCount) are left out (unknown label, score not finite)

            \(table)
            """
    }

    static func text(of result: ProposalRecall, evaluator: Evaluator) -> String {
        """
        protocol      \(evaluator.evaluationProtocol.name), subset '\(evaluator.evaluationProtocol.subset)'
        ground truth  \(evaluator.counts.groundTruthVideos) videos, \(evaluator.counts.groundTruthSegments) segments
        proposals     \(result.proposalCount), of which \(result.unlistedCount) are in videos not in the ground truth

        \(ResultText.proposalTable(result))
        """
    }

    static func text(of result: FrameAveragePrecision, perClass: Bool) -> String {
        var table = TextTable([.left("frames"), .right("%")])
        table.add("mAP", ResultText.percent(result.meanAveragePrecision))
        table.add("mAP weighted by frames", ResultText.percent(result.weightedAveragePrecision))
        var text = """
            protocol      \(result.evaluationProtocol.name), subset '\(result.evaluationProtocol.subset)'
            ground truth  \(result.videoCount) videos, \(result.frameCount) frames, \(result.classes.count) classes
            predictions   \(result.predictionCount), of which \(result.droppedCount) are left out (other videos, unknown labels)

            \(table)
            """
        if perClass {
            var table = TextTable([.left("class"), .right("frames"), .right("AP %")])
            for item in result.classes {
                table.add([item.label, "\(item.frameCount)", ResultText.percent(item.averagePrecision)])
            }
            text += "\n\n\(table)"
        }
        return text
    }

    static func text(of result: FrameSegmentation) -> String {
        var table = TextTable([.left("measure"), .right("%")])
        table.add("frame accuracy", ResultText.percent(result.accuracy))
        table.add("edit", ResultText.percent(result.editScore))
        for score in result.scores {
            table.add("F1@\(Int((score.overlap * 100).rounded()))", ResultText.percent(score.f1))
        }
        let examples = result.missingVideos.prefix(3).joined(separator: ", ")
        let missing =
            result.missingVideos.isEmpty
            ? "" : "\n  \(result.missingVideos.count) videos have no prediction (\(examples))"
        return """
            protocol      \(result.evaluationProtocol.name)
            ground truth  \(result.videoCount) videos evaluated, \(result.frameCount) frames\(missing)

            \(table)
            """
    }

    static func text(of comparison: PairedComparison) -> String {
        func points(_ value: Double) -> String {
            let text = ResultText.number(value * 100, 2)
            return value >= 0 ? "+\(text)" : text
        }
        func interval(_ value: EvaluationResult.Interval) -> String {
            "\(points(value.lower)) … \(points(value.upper))"
        }
        let names = EvaluationResult.thresholdNames(comparison.first.thresholds)
        var table = TextTable([
            .right("tIoU"), .right("first mAP %"), .right("second mAP %"), .right("difference"),
            .right("95 % interval"),
        ])
        for (index, name) in names.enumerated() {
            table.add(
                name, ResultText.percent(comparison.first.meanAveragePrecision[index]),
                ResultText.percent(comparison.second.meanAveragePrecision[index]),
                points(comparison.thresholdDifferences[index]), interval(comparison.thresholdIntervals[index]))
        }
        table.add(
            "average", ResultText.percent(comparison.first.averageMAP),
            ResultText.percent(comparison.second.averageMAP),
            points(comparison.difference), interval(comparison.interval))
        let verdict: String
        switch comparison.verdict {
        case .better: verdict = "The second is better: the interval of the difference lies above 0."
        case .worse: verdict = "The second is worse: the interval of the difference lies below 0."
        case .undecided: verdict = "Undecided: the interval of the difference holds 0."
        }
        let share = ResultText.number(comparison.shareSecondHigher * 100, 1)
        return """
            protocol      \(comparison.first.evaluationProtocol.name): \(comparison.first.evaluationProtocol.ruleDescription)
            ground truth  \(comparison.first.counts.groundTruthVideos) videos, \
            \(comparison.first.counts.groundTruthSegments) segments

            \(table)

            \(verdict) It is higher in \(share) % of \(comparison.samples) samples of the videos (seed \(comparison.seed)).
            """
    }

    static func text(of diagnosis: Diagnosis) -> String {
        var errors = TextTable([.left("error"), .right("predictions"), .right("share %"), .right("mAP it costs")])
        for cost in diagnosis.costs {
            let share = cost.meanCount / Double(max(1, diagnosis.predictionCount))
            errors.add(
                cost.kind.rawValue, ResultText.number(cost.meanCount, 1), ResultText.percent(share),
                ResultText.number(cost.averageMAPGain * 100, 2))
        }
        var groups = TextTable([
            .left("characteristic"), .left("group"), .right("segments"), .right("normalised mAP %"), .right("missed %"),
        ])
        for item in diagnosis.sensitivities {
            for group in item.groups {
                groups.add(
                    item.characteristic, "\(group.name) \(item.unit)", "\(group.segmentCount)",
                    group.normalisedMAP.map(ResultText.percent) ?? "-", group.missedShare.map(ResultText.percent) ?? "-"
                )
            }
            if item.unknownCount > 0 { groups.add(item.characteristic, "unknown", "\(item.unknownCount)", "-", "-") }
        }
        var profile = TextTable(
            [.left("ranks"), .right("predictions"), .right("true positive %")]
                + ErrorKind.allCases.map { .right($0.rawValue + " %") })
        for item in diagnosis.profiles {
            profile.add(
                [
                    "\(item.multiple - 1)G–\(item.multiple)G", "\(item.predictionCount)",
                    ResultText.percent(item.truePositives),
                ]
                    + ErrorKind.allCases.map { ResultText.percent(item.errors[$0] ?? 0) })
        }
        return """
            \(ResultText.counts(diagnosis.counts, diagnosis.evaluationProtocol))

            The \(diagnosis.predictionCount) best predictions (\(diagnosis.limit)G: \(diagnosis.limit) for each segment of a \
            class): average mAP \(ResultText.percent(diagnosis.averageMAP)) %, normalised \
            \(ResultText.percent(diagnosis.normalisedMAP)) %; \(ResultText.percent(diagnosis.missedShare)) % of the segments \
            are missed. All numbers are means over the thresholds.

            \(errors)

            \(profile)

            \(groups)
            """
    }
}
