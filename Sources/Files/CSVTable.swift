/// A table of separated values with a header row (RFC 4180: quoted fields may hold separators, quotes and line ends).
///
/// Lines end with LF, CR LF or CR. The separator is the one that the first line shows: a comma, a semicolon, a tab or a bar.
package struct CSVTable {
    package let path: String
    package let header: [String]
    package let rows: [[String]]
    /// The line of the file in which the header begins, counted from 1.
    package let headerLine: Int
    /// The line of the file in which each row begins, counted from 1.
    package let lines: [Int]

    /// - Parameters:
    ///   - path: named in errors.
    ///   - bytes: the text.
    ///   - delimiter: what stands between fields; the ``delimiter(of:)`` the text where nil.
    /// - Throws: `FileError` for text that is not UTF-8, without a row, or with a quote that is never closed.
    package init(path: String, bytes: [UInt8], delimiter: UInt8? = nil) throws(FileError) {
        self.path = path
        let delimiter = delimiter ?? Self.delimiter(of: bytes)
        // Fields end at letters of ASCII, so that the parts of a valid text are valid. It is checked as a whole: that is fast.
        if let offset = Self.offsetOfInvalidText(in: bytes) {
            throw .malformed(path: path, offset: offset, problem: "text that is not UTF-8")
        }
        var rows: [[String]] = [], lines: [Int] = [], line = 1, openQuote: Int?
        bytes.withUnsafeBufferPointer { bytes in
            let (quote, feed, back) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
            let end = bytes.count
            var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            var row: [String] = [], rowLine = 1
            /// Ends a row; a line without anything is none.
            func endRow() {
                if row.count != 1 || !row[0].isEmpty {
                    rows.append(row)
                    lines.append(rowLine)
                }
                row = []
                row.reserveCapacity(rows.first?.count ?? 8)
            }
            while position < end {
                let start = position
                while position < end, bytes[position] != delimiter, bytes[position] != feed, bytes[position] != back,
                    bytes[position] != quote || position > start
                {
                    position += 1
                }
                if position < end, bytes[position] == quote {
                    guard let field = Self.quotedField(bytes, &position, delimiter, &line) else {
                        openQuote = rowLine
                        return
                    }
                    row.append(field)
                } else {
                    row.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self))
                }
                guard position < end else { break }
                if bytes[position] == delimiter {
                    position += 1
                    // Nothing after the last delimiter is an empty field.
                    if position == end { row.append("") }
                    continue
                }
                // A carriage return alone ended lines on the first Macintoshes; some spreadsheets still write it.
                if bytes[position] == back, position + 1 < end, bytes[position + 1] == feed { position += 1 }
                position += 1
                line += 1
                endRow()
                rowLine = line
            }
            if !row.isEmpty { endRow() }
        }
        if let openQuote {
            throw .malformed(
                path: path, offset: bytes.count,
                problem: "a quote that is opened in the row of line \(openQuote) is never closed")
        }
        func failure(_ offset: Int, _ problem: String) -> FileError {
            .malformed(path: path, offset: offset, problem: problem)
        }
        guard let first = rows.first else { throw failure(0, "the file is empty") }
        header = first
        self.rows = Array(rows.dropFirst())
        self.lines = Array(lines.dropFirst())
        headerLine = lines[0]
    }

    /// A field that begins with a quote, in which doubled quotes stand for one; what follows the last quote up to the delimiter belongs to
    /// it as it is.
    ///
    /// - Returns: nil where the quote is never closed; else `position` is that of the delimiter, the line end or the end.
    private static func quotedField(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ delimiter: UInt8, _ line: inout Int
    ) -> String? {
        let (quote, feed, back) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var field: [UInt8] = []
        position += 1
        while true {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            if byte == quote {
                guard position < bytes.count, bytes[position] == quote else { break }
                position += 1
            } else if byte == feed || byte == back && !(position < bytes.count && bytes[position] == feed) {
                line += 1
            }
            field.append(byte)
        }
        while position < bytes.count, bytes[position] != delimiter, bytes[position] != feed, bytes[position] != back {
            field.append(bytes[position])
            position += 1
        }
        return String(decoding: field, as: UTF8.self)
    }

    /// Where a text stops being UTF-8; nil for one that is.
    private static func offsetOfInvalidText(in bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        // The longest beginning that is valid, but for a character that the middle may cut.
        var (low, high) = (0, bytes.count)
        while low < high {
            let middle = (low + high + 1) / 2
            let isValid = (0...3).contains { cut in
                middle >= cut && String(validating: bytes[..<(middle - cut)], as: UTF8.self) != nil
            }
            if isValid { low = middle } else { high = middle - 1 }
        }
        return low
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
