/// A table of comma-separated values with a header row (RFC 4180: quoted fields may hold commas, quotes and line ends).
struct CSVTable {
    let path: String
    let header: [String]
    let rows: [[String]]

    init(path: String, bytes: [UInt8]) throws(AnnotationsError) {
        self.path = path
        var rows: [[String]] = [], row: [String] = [], field: [UInt8] = []
        var isQuoted = false, wasQuoted = false
        func failure(_ offset: Int, _ problem: String) -> AnnotationsError {
            .malformed(file: path, offset: offset, problem: problem)
        }
        func endField(_ offset: Int) throws(AnnotationsError) {
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
            case UInt8(ascii: "\r") where position < bytes.count && bytes[position] == UInt8(ascii: "\n"): break
            case UInt8(ascii: "\n"):
                try endField(position)
                if row != [""] { rows.append(row) }
                row = []
            default: field.append(byte)
            }
        }
        if isQuoted { throw failure(position, "the text ends inside quotes") }
        if !field.isEmpty || !row.isEmpty {
            try endField(position)
            rows.append(row)
        }
        guard let first = rows.first else { throw failure(0, "the file is empty") }
        header = first
        self.rows = Array(rows.dropFirst())
    }

    /// The position of a column; nil when there is none of this name.
    func column(_ name: String) -> Int? { header.firstIndex(of: name) }

    /// A positive finite number; nil for anything else.
    static func measure(_ text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }

    func has(_ names: String...) -> Bool { names.allSatisfy(header.contains) }
}
