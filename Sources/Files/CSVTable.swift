/// A table of separated values with a header row (RFC 4180: quoted fields may hold separators, quotes and line ends).
///
/// Lines end with LF, CR LF or CR. The separator is a comma; readers of files from spreadsheets and people recognise other separators.
package struct CSVTable {
    package let path: String
    package let header: [String]
    package let rows: [[String]]
    /// The line of the file in which each row begins, counted from 1.
    package let lines: [Int]

    /// - Parameter delimiter: what stands between fields; see ``delimiter(of:)``.
    package init(path: String, bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) throws(FileError) {
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
            case delimiter: try endField(position)
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

    /// The separator that stands most often in the first line outside of quotes; a comma where there is none.
    package static func delimiter(of bytes: [UInt8]) -> UInt8 {
        let candidates = [",", ";", "\t", "|"].map { (text: String) in Array(text.utf8)[0] }
        var counts = [0, 0, 0, 0], isQuoted = false
        for byte in bytes.prefix(1 << 16) {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if counts.contains(where: { $0 > 0 }) { break }
                continue
            }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        // A semicolon or tab beside commas means decimal commas, or commas inside texts.
        for index in [2, 1, 0, 3] where counts[index] > 0 {
            let others = counts.enumerated().filter { $0.offset != index }.map(\.element).max() ?? 0
            if index != 0 && counts[index] >= 2 || counts[index] >= others { return candidates[index] }
        }
        return candidates[0]
    }

    /// The position of a column; nil when there is none of this name.
    package func column(_ name: String) -> Int? { header.firstIndex(of: name) }

    /// A positive finite number; nil for anything else.
    package static func measure(_ text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    package func has(_ names: String...) -> Bool { names.allSatisfy(header.contains) }
}
