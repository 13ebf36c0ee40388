import Files
import Foundation
import Tensors

/// A table of numbers as text: a feature vector a line, values parted by commas, semicolons, tabs or spaces, with or without a
/// line of names. A first column of row numbers, as pandas writes it under an empty name, is left out.
enum CSVArray {
    /// No feature vector has this many values; a text that has is of another kind.
    static let mostColumns = 1 << 16

    /// - Returns: `[rows, columns]`
    /// - Throws: `FileError` or ``ArrayFailure``.
    static func read(_ path: String) throws -> Tensor {
        var bytes = try ByteSource.contents(of: path)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard !bytes.starts(with: [0xFF, 0xFE]), !bytes.starts(with: [0xFE, 0xFF]) else {
            throw ArrayFailure("\(path) is text in UTF-16; save it as UTF-8")
        }
        // The end of the text stops the last number.
        bytes.append(0)
        var table = NumberTable(path: path)
        try bytes.withUnsafeBufferPointer { text in
            var position = 0
            while position < text.count - 1 {
                var end = position
                while !isEnd(text[end]) { end += 1 }
                try table.add(text, from: position, to: end)
                let isPair = text[end] == UInt8(ascii: "\r") && text[end + 1] == UInt8(ascii: "\n")
                position = end + (isPair ? 2 : 1)
            }
        }
        return try table.tensor()
    }

    /// Lines end with LF, CR LF or CR.
    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == 0
    }
}

/// The rows of a table while it is read.
private struct NumberTable {
    private let path: String
    private var values: [Float] = []
    private var columns: Int?
    private var line = 0
    private var dropsFirst = false
    /// A comma or a semicolon, whichever comes first: a table with both has decimal commas or two kinds of columns.
    private var separator: UInt8?

    init(path: String) { self.path = path }

    /// Reads one line.
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) throws {
        line += 1
        let before = values.count
        guard try parse(text, from: start, to: end) else {
            values.removeSubrange(before...)
            guard columns == nil, line == 1 else { throw ArrayFailure("\(path): line \(line) is not a row of numbers") }
            dropsFirst = start < end && (text[start] == UInt8(ascii: ",") || text[start] == UInt8(ascii: ";"))
            separator = nil
            return
        }
        if values.count == before { return }
        if dropsFirst { values.remove(at: before) }
        let count = values.count - before
        guard count == columns ?? count else {
            throw ArrayFailure("\(path): line \(line) has \(count) values and the first has \(columns ?? 0)")
        }
        columns = count
    }

    /// - Returns: `[rows, columns]`
    func tensor() throws -> Tensor {
        guard let columns, columns > 0 else { throw ArrayFailure("\(path) has no row of numbers") }
        var values = values
        // pandas names columns without names by their numbers.
        if columns > 2, values.count > columns, (0..<columns).allSatisfy({ values[$0] == Float($0) }) {
            values.removeFirst(columns)
        }
        return Tensor(values, shape: [values.count / columns, columns])
    }

    /// Reads the numbers of a line.
    ///
    /// - Returns: false where something is no number.
    private mutating func parse(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) throws -> Bool {
        guard let base = text.baseAddress else { return true }
        let first = values.count
        var position = start
        var isAfterSeparator = false
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        while true {
            while position < end, isBlank(text[position]) { position += 1 }
            guard position < end else { return !isAfterSeparator }
            var stop: UnsafeMutablePointer<CChar>?
            let number = UnsafeRawPointer(base + position).assumingMemoryBound(to: CChar.self)
            let value = strtof(number, &stop)
            guard let stop, UnsafePointer(stop) > number else { return false }
            let next = position + (UnsafePointer(stop) - number)
            // strtof also reads hexadecimal numbers, which no table has.
            guard next <= end, !text[position..<next].contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else {
                return false
            }
            values.append(value)
            guard values.count - first <= CSVArray.mostColumns else {
                throw ArrayFailure("\(path): line \(line) has more than \(CSVArray.mostColumns) values")
            }
            position = next
            let isSpaced = position < end && isBlank(text[position])
            while position < end, isBlank(text[position]) { position += 1 }
            guard position < end else { return true }
            if text[position] == UInt8(ascii: ",") || text[position] == UInt8(ascii: ";") {
                guard text[position] == separator ?? text[position] else {
                    throw ArrayFailure(
                        "\(path): line \(line) has commas and semicolons; write decimal points, and one of them between values"
                    )
                }
                separator = text[position]
                position += 1
                isAfterSeparator = true
            } else {
                guard isSpaced else { return false }
                isAfterSeparator = false
            }
        }
    }
}
