/// The rows of a CSV text, with quoted fields as RFC 4180 has them.
struct CSVRows {
    private(set) var rows: [(line: Int, fields: [String])] = []
    /// The line of the row in which a quote is opened and not closed.
    let unclosedLine: Int?

    init(_ text: String) {
        var fields: [String] = [], field = "", isQuoted = false, line = 1, rowLine = 1
        // Some programs begin files with a mark of their byte order.
        let characters = Array(text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
        var place = 0
        func isBreak(_ character: Character) -> Bool { character == "\n" || character == "\r\n" || character == "\r" }
        while place < characters.count {
            let character = characters[place]
            if isQuoted {
                if character == "\"", place + 1 < characters.count, characters[place + 1] == "\"" {
                    field.append("\"")
                    place += 1
                } else if character == "\"" {
                    isQuoted = false
                } else {
                    field.append(character)
                }
            } else if character == "\"", field.isEmpty {
                isQuoted = true
            } else if character == "," {
                fields.append(field)
                field = ""
            } else if isBreak(character) {
                fields.append(field)
                if fields != [""] { rows.append((rowLine, fields)) }
                (fields, field, rowLine) = ([], "", line + 1)
            } else {
                field.append(character)
            }
            if isBreak(character) { line += 1 }
            place += 1
        }
        unclosedLine = isQuoted ? rowLine : nil
        fields.append(field)
        if fields != [""] { rows.append((rowLine, fields)) }
    }
}
