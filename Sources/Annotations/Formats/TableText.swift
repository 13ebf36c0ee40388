import Files

/// Tables as spreadsheets and scripts write them, with lines before the header that are no part of the table.
enum TableText {
    /// Parses a table.
    ///
    /// `sep=;` in the first line, which Excel reads, names the delimiter. Lines that begin with `#` before the header are comments;
    /// where the last of them is the header itself, as numpy writes it, it is taken for one.
    ///
    /// - Parameter delimiter: what stands between fields, where it is known.
    static func table(_ bytes: [UInt8], path: String, delimiter: UInt8?) throws(FileError) -> CSVTable {
        var delimiter = delimiter, breaks = 0, comment: ArraySlice<UInt8>?
        let begin = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var start = begin
        while let end = bytes[start...].firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let line = bytes[start..<end]
            if breaks == 0, line.count == 5, line.starts(with: Array("sep=".utf8)) {
                delimiter = delimiter ?? line.last
            } else if line.first == UInt8(ascii: "#"), line.count > 1, !",;|\t".utf8.contains(line[start + 1]) {
                comment = line
            } else if !line.isEmpty {
                break
            }
            breaks += 1
            start = end + 1
            if bytes[end] == UInt8(ascii: "\r"), start < bytes.count, bytes[start] == UInt8(ascii: "\n") { start += 1 }
        }
        var content = bytes
        if start > begin {
            // Empty lines instead of those left out keep the numbers of the others.
            content = Array(repeating: UInt8(ascii: "\n"), count: breaks) + bytes[start...]
            if let comment, isHeader(comment, delimiter) { content = comment.dropFirst() + content }
        }
        return try CSVTable(path: path, bytes: content, delimiter: delimiter)
    }

    /// Whether a comment names columns of times.
    private static func isHeader(_ line: ArraySlice<UInt8>, _ delimiter: UInt8?) -> Bool {
        let content = Array(line.dropFirst())
        guard
            let table = try? CSVTable(path: "", bytes: content, delimiter: delimiter)
        else { return false }
        return TableColumns.find(header: table.header, rows: []).map { !$0.isHeaderless } ?? false
    }
}
