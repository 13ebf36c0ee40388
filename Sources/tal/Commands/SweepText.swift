import Configuration
import Files
import Localization
import Toolkit

/// What a sweep found, best first, in words and for programs.
struct SweepText {
    let report: SweepJob.Report

    init(_ report: SweepJob.Report) { self.report = report }

    private var keys: [String] { report.grid.axes.map { String($0.key.dropFirst("post_processing.".count)) } }

    func table(top: Int) -> String {
        var table = TextTable([.right("#")] + keys.map { .left($0) } + [.right("average mAP %"), .right("detections")])
        for (index, outcome) in report.ranked.prefix(top).enumerated() {
            table.add(
                ["\(index + 1)"] + outcome.values + [
                    ResultText.percent(outcome.averageMAP), "\(outcome.detectionCount)",
                ])
        }
        return table.description
    }

    var json: JSONValue {
        let points = report.ranked.map { outcome in
            JSONValue.object([
                ("settings", .object(zip(report.grid.axes, outcome.values).map { ($0.key, .string($1)) })),
                ("average_map", .number(outcome.averageMAP)),
                ("detections", .number(Double(outcome.detectionCount))),
            ])
        }
        return .object([
            ("protocol", .string(report.protocolName)), ("subset", .string(report.subset)),
            ("combinations", .array(points)),
        ])
    }

    /// Writes the best settings, which `tal detect --settings` reads.
    func writeBest(to path: String) throws {
        guard let best = report.ranked.first else { return }
        let head =
            "The best of \(report.ranked.count) combinations: average mAP \(ResultText.percent(best.averageMAP)) % on "
            + "subset '\(report.subset)', protocol \(report.protocolName)."
        try TextFile.write(try report.bestSettings(head: head), to: path)
    }
}
