/// A table of plain text for the terminal.
///
/// ```swift
/// var table = TextTable([.left("video"), .right("start")])
/// table.add("demo", "1.25")
/// print(table)
/// ```
struct TextTable: CustomStringConvertible {
    struct Column {
        var title: String
        var isRightAligned: Bool

        static func left(_ title: String) -> Column { Column(title: title, isRightAligned: false) }
        static func right(_ title: String) -> Column { Column(title: title, isRightAligned: true) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ cells: [String]) {
        precondition(cells.count == columns.count, "\(cells.count) cells in a table of \(columns.count) columns")
        rows.append(cells.map { TerminalText.escaped($0, keepsLines: false) })
    }

    mutating func add(_ cells: String...) {
        add(cells)
    }

    /// Title row, a rule, and the rows; columns two spaces apart; no spaces at the end of a line.
    var description: String {
        let titles = columns.map(\.title)
        let widths = columns.indices.map { index in
            rows.reduce(titles[index].count) { max($0, $1[index].count) }
        }
        func line(_ cells: [String]) -> String {
            var text = ""
            for index in cells.indices {
                let padding = String(repeating: " ", count: widths[index] - cells[index].count)
                text += columns[index].isRightAligned ? padding + cells[index] : cells[index] + padding
                text += "  "
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([line(titles), rule] + rows.map(line)).joined(separator: "\n")
    }
}
