/// A table of comma-separated values with a header row (RFC 4180: quoted fields may hold commas, quotes and line ends).
package struct CSVTable {
    package let path: String
    package let header: [String]
    package let rows: [[String]]
    /// The line of the file in which each row begins, counted from 1.
    package let lines: [Int]

    package init(path: String, bytes: [UInt8]) throws(FileError) {
        self.path = path
        var rows: [[String]] = [], row: [String] = [], field: [UInt8] = [], lines: [Int] = [], line = 1, rowLine = 1
        var isQuoted = false, wasQuoted = false
        func failure(_ offset: Int, _ problem: String) -> FileError {
            .malformed(path: path, offset: offset, problem: problem)
        }
        func endField(_ offset: Int) throws(FileError) {
            guard let text = String(validating: field, as: UTF8.self) else {
                throw failure(offset, "text that is not UTF-8")
            }
            row.append(text)
            field.removeAll(keepingCapacity: true)
            wasQuoted = false
        }
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            // A carriage return alone ended lines on the first Macintoshes; some spreadsheets still write it.
            let isBreak =
                byte == UInt8(ascii: "\n")
                || (byte == UInt8(ascii: "\r") && !(position < bytes.count && bytes[position] == UInt8(ascii: "\n")))
            if isBreak { line += 1 }
            if isQuoted {
                if byte != UInt8(ascii: "\"") {
                    field.append(byte)
                } else if position < bytes.count && bytes[position] == UInt8(ascii: "\"") {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted:
                isQuoted = true
                wasQuoted = true
            case UInt8(ascii: ","): try endField(position)
            case _ where isBreak:
                try endField(position)
                if row != [""] {
                    rows.append(row)
                    lines.append(rowLine)
                }
                row = []
                rowLine = line
            case UInt8(ascii: "\r"): break
            default: field.append(byte)
            }
        }
        if isQuoted { throw failure(position, "a quote that is opened in the row of line \(rowLine) is never closed") }
        if !field.isEmpty || !row.isEmpty {
            try endField(position)
            rows.append(row)
            lines.append(rowLine)
        }
        guard let first = rows.first else { throw failure(0, "the file is empty") }
        header = first
        self.rows = Array(rows.dropFirst())
        self.lines = Array(lines.dropFirst())
    }

    /// The position of a column; nil when there is none of this name.
    package func column(_ name: String) -> Int? { header.firstIndex(of: name) }

    /// A positive finite number; nil for anything else.
    package static func measure(_ text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    package func has(_ names: String...) -> Bool { names.allSatisfy(header.contains) }
}
