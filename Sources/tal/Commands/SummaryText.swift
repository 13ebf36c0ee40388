import Toolkit

/// What annotations hold, as tables.
enum SummaryText {
    static func text(of summary: DataSummary, perClass: Bool) -> String {
        var table = TextTable([
            .left("subset"), .right("videos"), .right("segments"), .right("classes"), .right("hours"),
            .right("action %"), .right("median s"),
        ])
        for part in summary.parts {
            table.add(
                part.name.isEmpty ? "(none)" : part.name, "\(part.videos)", "\(part.segments)", "\(part.classes)",
                part.seconds > 0 ? ResultText.number(part.seconds / 3600, 2) : "-",
                part.seconds > 0 ? ResultText.percent(part.actionSeconds / part.seconds) : "-",
                part.medianLength.map { ResultText.number($0, 2) } ?? "-")
        }
        guard perClass else { return table.description }
        var classes = TextTable(
            [.left("class")] + summary.parts.map { .right($0.name.isEmpty ? "segments" : $0.name) })
        for entry in summary.classes { classes.add([entry.label] + entry.counts.map(String.init)) }
        return "\(table)\n\n\(classes)"
    }
}
