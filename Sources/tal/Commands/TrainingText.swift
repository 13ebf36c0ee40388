import Files
import Localization
import Toolkit

/// What a training came to, for people and for programs.
enum TrainingText {
    /// A line for each run that ended, and one for all seeds.
    static func text(of report: TrainingJob.Report, in folder: String) -> String {
        var lines = report.runs.map { run in
            let map = run.summary.averageMAP.map { ", average mAP \(ResultText.percent($0)) %" } ?? ""
            return "\(run.folder): weights of epoch \(run.summary.chosenEpoch) of \(run.summary.epochs)\(map)"
        }
        if let seeds = report.seeds, let mean = seeds.mean {
            let spread = seeds.standardDeviation.map { " ± \(ResultText.percent($0))" } ?? ""
            lines.append(
                "\(folder): average mAP \(ResultText.percent(mean))\(spread) % over \(seeds.runs.count) seeds")
        }
        return lines.joined(separator: "\n")
    }

    static func json(_ report: TrainingJob.Report) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        func value(_ run: TrainingJob.Run) -> JSONValue {
            .object([
                ("folder", .string(run.folder)), ("average_map", number(run.summary.averageMAP)),
                ("chosen_epoch", .number(Double(run.summary.chosenEpoch))),
                ("epochs", .number(Double(run.summary.epochs))), ("steps", .number(Double(run.summary.steps))),
                ("total_steps", .number(Double(run.summary.totalSteps))),
                ("interrupted", .boolean(run.summary.wasInterrupted)),
            ])
        }
        return .object([
            ("runs", .array((report.runs + (report.interrupted.map { [$0] } ?? [])).map(value))),
            ("mean", number(report.seeds?.mean)), ("standard_deviation", number(report.seeds?.standardDeviation)),
        ])
    }
}
