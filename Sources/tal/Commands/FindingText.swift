import Files
import Toolkit

/// What a check of data found, for people and for programs.
enum FindingText {
    static func text(of found: [DataFinding]) -> String {
        if found.isEmpty { return "nothing to say" }
        var table = TextTable([.left("severity"), .left("kind"), .left("finding")])
        for finding in found {
            table.add(finding.severity.rawValue, finding.kind.rawValue, finding.notice.description)
        }
        return table.description
    }

    static func json(of found: [DataFinding], _ summary: DataSummary) -> JSONValue {
        let findings = found.map { finding in
            JSONValue.object([
                ("kind", .string(finding.kind.rawValue)), ("severity", .string(finding.severity.rawValue)),
                ("count", .number(Double(finding.notice.count))),
                ("examples", .array(finding.notice.examples.map { .string($0) })),
                ("message", .string(finding.notice.message)),
            ])
        }
        return .object([("findings", .array(findings)), ("summary", summary.json)])
    }
}
