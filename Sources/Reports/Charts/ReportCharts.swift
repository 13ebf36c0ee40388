import Annotations
import Evaluation
import Foundation

/// The charts of a report, each with the question that it answers.
struct ReportCharts {
    private let report: Report
    private let judged: [Report.Run]

    init(_ report: Report) {
        self.report = report
        judged = report.runs.filter { $0.result != nil }
    }

    var all: [Chart] {
        var charts: [Chart] = []
        if !judged.isEmpty {
            charts += [overThresholds, perClass, precisionRecall, errorCosts, rankedErrors]
            charts += sensitivities
            if let confusions { charts.append(confusions) }
            charts.append(scores)
            if let lengths { charts.append(lengths) }
        }
        charts += training
        return charts
    }

    private func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }

    private var overThresholds: Chart {
        let thresholds = judged[0].result?.thresholds ?? []
        let names = EvaluationResult.thresholdNames(thresholds)
        let series = judged.compactMap { run in
            run.result.map { result in
                LineChart.Series(
                    name: run.name, points: zip(result.thresholds, result.meanAveragePrecision).map { ($0, $1) },
                    band: result.intervals?.meanAveragePrecision.map { (max(0, $0.lower), min(1, $0.upper)) } ?? [])
            }
        }
        let hasBands = series.contains { !$0.band.isEmpty }
        return Chart(
            name: "map-over-tiou", question: "How exact must a detection be?",
            explanation: "Mean average precision at each temporal IoU threshold."
                + (hasBands ? " The bands are 95 % intervals over videos." : ""),
            drawing: LineChart(
                description: "Mean average precision over the temporal IoU threshold", xTitle: "tIoU threshold",
                yTitle: "mAP", series: series, xMarks: zip(thresholds, names).map { ($0, $1) },
                yText: { percent($0) }
            ).drawing())
    }

    private var perClass: Chart {
        let results = judged.compactMap(\.result)
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
        var averages: [String: [Double]] = [:]
        for result in results {
            for item in result.classes { averages[item.label, default: []].append(mean(item.averagePrecision)) }
        }
        let colours = ClassColours.colours(count: report.labels.count)
        let colourOf = Dictionary(zip(report.labels, colours)) { first, _ in first }
        let rows = (results.first?.classes ?? []).map { item in
            let values = averages[item.label] ?? []
            return BarChart.Row(
                name: item.label, values: values,
                note: "\(percent(values.first ?? 0)), \(item.segmentCount) segment\(item.segmentCount == 1 ? "" : "s")",
                colour: results.count == 1 ? colourOf[item.label] : nil, filter: ("class", item.label))
        }.sorted { ($0.values.first ?? 0, $0.name) < ($1.values.first ?? 0, $1.name) }
        return Chart(
            name: "ap-per-class", question: "Which classes fail?",
            explanation:
                "Average precision of each class, averaged over thresholds, worst first, and how many segments "
                + "there are to find. A click on a bar shows the videos of the class.",
            drawing: BarChart(
                description: "Average precision of each class", rows: rows, seriesNames: judged.map(\.name), top: 1,
                text: { percent($0) }
            ).drawing(), isLong: rows.count > 20)
    }

    private var precisionRecall: Chart {
        let single = judged.count == 1
        let series = judged.flatMap { run in
            run.precisionCurves.filter { single || abs($0.threshold - (run.verdicts?.threshold ?? 0)) < 1e-9 }.map {
                curve in
                LineChart.Series(
                    name: single ? "tIoU \(SVGDrawing.number(curve.threshold))" : run.name,
                    points: curve.precision.enumerated().map { (Double($0) / 100, $1) }, hasMarks: false)
            }
        }
        return Chart(
            name: "precision-recall", question: "What does it cost to find more?",
            explanation: "Interpolated precision over recall, the mean of all classes.",
            drawing: LineChart(
                description: "Precision over recall", xTitle: "recall", yTitle: "precision", series: series,
                xMarks: [(0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1, "100 %")], top: 1,
                yText: { percent($0) }
            ).drawing())
    }

    private var errorCosts: Chart {
        let rows = ErrorKind.allCases.map { kind in
            let costs = judged.map { run in run.diagnosis?.costs.first { $0.kind == kind } }
            return BarChart.Row(
                name: kind.rawValue, values: costs.map { max(0, $0?.averageMAPGain ?? 0) },
                note: costs.map { "+" + percent($0?.averageMAPGain ?? 0) }.joined(separator: ", "),
                filter: ("error", kind.rawValue))
        }
        return Chart(
            name: "error-costs", question: "Which errors cost most?",
            explanation:
                "What the average mAP would gain if all errors of a kind were taken away. A click on a bar shows "
                + "the videos with such errors.",
            drawing: BarChart(
                description: "What each kind of error costs in average mAP", rows: rows,
                seriesNames: judged.map(\.name), text: { percent($0) }
            ).drawing())
    }

    private var rankedErrors: Chart {
        let profiles = (judged.first?.diagnosis?.profiles ?? []).filter { $0.predictionCount > 0 }
        let kinds = ErrorKind.allCases
        let series =
            [("correct", profiles.map(\.truePositives))]
            + kinds.map { kind in (kind.rawValue, profiles.map { $0.errors[kind] ?? 0 }) }
        return Chart(
            name: "errors-by-rank", question: "What are the best predictions, and what comes after them?",
            explanation:
                "Parts of the predictions of \(judged.first?.name ?? ""), ranked within their class: the first "
                + "G predictions of a class with G segments, the next G, and so on.",
            drawing: LineChart(
                description: "Kinds of predictions by rank", xTitle: "rank, in multiples of the number of segments",
                yTitle: "part of the predictions",
                series: series.map { name, values in
                    LineChart.Series(
                        name: name, points: zip(profiles, values).map { (Double($0.multiple), $1) })
                },
                xMarks: profiles.map { (Double($0.multiple), "\($0.multiple)G") }, top: 1, yText: { percent($0) }
            ).drawing(height: 300))
    }

    private var sensitivities: [Chart] {
        guard let first = judged.first?.diagnosis else { return [] }
        return first.sensitivities.compactMap { item in
            let groups = item.groups.filter { $0.segmentCount > 0 }
            guard groups.count > 1 else { return nil }
            let rows = groups.map { group in
                let values = judged.map { run in
                    run.diagnosis?.sensitivities.first { $0.characteristic == item.characteristic }?
                        .groups.first { $0.name == group.name }?.normalisedMAP ?? 0
                }
                return BarChart.Row(
                    name: group.name, values: values,
                    note: "\(percent(values.first ?? 0)), \(group.segmentCount) segments")
            }
            let name = item.characteristic.split(separator: " ").joined(separator: "-")
            return Chart(
                name: "by-\(name)", question: "Does the \(item.characteristic) of a segment matter?",
                explanation: "Normalised mAP of segments grouped by \(item.characteristic)"
                    + (item.unit.isEmpty ? "" : " (\(item.unit))")
                    + (item.unknownCount > 0 ? "; unknown for \(item.unknownCount)." : "."),
                drawing: BarChart(
                    description: "Normalised mAP by \(item.characteristic)", rows: rows,
                    seriesNames: judged.map(\.name), text: { percent($0) }
                ).drawing())
        }
    }

    private var confusions: Chart? {
        guard let run = judged.first, let verdicts = run.verdicts, !verdicts.confusions.isEmpty else { return nil }
        let rows = verdicts.confusions.prefix(20).map { pair in
            BarChart.Row(
                name: "\(pair.truth) as \(pair.predicted)", values: [Double(pair.count)], note: "\(pair.count)",
                filter: ("class", pair.truth))
        }
        return Chart(
            name: "confusions", question: "Which classes are taken for each other?",
            explanation: "Predictions of \(run.name) that lie on a segment of another class "
                + "(tIoU at least \(SVGDrawing.number(verdicts.threshold))), the most frequent pairs.",
            drawing: BarChart(
                description: "The most frequent confusions of classes", rows: rows, text: { SVGDrawing.number($0) }
            ).drawing())
    }

    private var scores: Chart {
        let run = judged[0], values = run.detections.scores
        let judgements = run.verdicts?.predictions ?? []
        let finite = values.filter(\.isFinite)
        let lowest = min(0, finite.min() ?? 0), highest = max(finite.max() ?? 1, lowest + 1e-9)
        var bins = (0..<20).map { index in
            StackedHistogram.Bin(
                name: SVGDrawing.number(lowest + (highest - lowest) * Double(index) / 20), lower: 0, upper: 0)
        }
        for (value, verdict) in zip(values, judgements) where value.isFinite && verdict != .leftOut {
            let index = min(19, max(0, Int((value - lowest) / (highest - lowest) * 20)))
            if verdict == .correct { bins[index].lower += 1 } else { bins[index].upper += 1 }
        }
        return Chart(
            name: "scores", question: "Do scores tell hits from misses?",
            explanation: "Predictions of \(run.name) by their score. The list below has a slider for the score.",
            drawing: StackedHistogram(
                description: "Histogram of scores of hits and misses", xTitle: "score", lowerName: "correct",
                upperName: "wrong", bins: bins
            ).drawing())
    }

    private var lengths: Chart? {
        guard let verdicts = judged.first?.verdicts else { return nil }
        let segments = verdicts.segments.joined()
        let edges = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, Double.infinity]
        var bins = zip(edges, edges.dropFirst()).map { lower, upper in
            StackedHistogram.Bin(
                name: upper.isFinite
                    ? "\(SVGDrawing.number(lower))–\(SVGDrawing.number(upper))" : "\(SVGDrawing.number(lower))+",
                lower: 0, upper: 0)
        }
        for item in segments {
            let index = edges.lastIndex { $0 <= item.segment.duration } ?? 0
            if item.isFound {
                bins[min(index, bins.count - 1)].lower += 1
            } else {
                bins[min(index, bins.count - 1)].upper += 1
            }
        }
        while bins.count > 1, let last = bins.last, last.lower + last.upper == 0 { bins.removeLast() }
        return Chart(
            name: "lengths", question: "How long are the segments, and which are missed?",
            explanation:
                "Segments of the ground truth by their length in seconds, found or missed by \(judged[0].name).",
            drawing: StackedHistogram(
                description: "Histogram of lengths of found and missed segments", xTitle: "length (s)",
                lowerName: "found", upperName: "missed", bins: bins
            ).drawing())
    }

    private var training: [Chart] {
        let runs = report.training.filter { $0.epochs.count > 1 }
        guard !runs.isEmpty else { return [] }
        func chart(_ name: String, _ question: String, _ title: String, _ value: (Report.Epoch) -> Double?) -> Chart? {
            let series = runs.map { run in
                LineChart.Series(
                    name: run.run,
                    points: run.epochs.compactMap { epoch in value(epoch).map { (Double(epoch.epoch), $0) } },
                    hasMarks: false)
            }.filter { $0.points.count > 1 }
            guard !series.isEmpty else { return nil }
            let last = Int(series.flatMap { $0.points.map(\.x) }.max() ?? 1)
            let step = max(1, (last + 5) / 6)
            return Chart(
                name: name, question: question, explanation: "\(title) after each epoch.",
                drawing: LineChart(
                    description: "\(title) by epoch", xTitle: "epoch", yTitle: title, series: series,
                    xMarks: stride(from: step, through: last, by: step).map { (Double($0), "\($0)") },
                    yText: { name == "training-map" ? percent($0) : SVGDrawing.number($0) }
                ).drawing())
        }
        return [
            chart("training-loss", "Did the training settle?", "loss") { $0.loss },
            chart("training-map", "When was the model best?", "validation mAP") { $0.averageMAP },
        ].compactMap { $0 }
    }
}
