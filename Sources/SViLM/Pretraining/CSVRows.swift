/// The rows of a CSV text, with quoted fields as RFC 4180 has them.
struct CSVRows {
    private(set) var rows: [(line: Int, fields: [String])] = []

    init(_ text: String) {
        var fields: [String] = [], field = "", isQuoted = false, line = 1, rowLine = 1
        let characters = Array(text)
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
        fields.append(field)
        if fields != [""] { rows.append((rowLine, fields)) }
    }
}
