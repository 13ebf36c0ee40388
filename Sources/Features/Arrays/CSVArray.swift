import Files
import Foundation
import Tensors

/// A table of numbers as text: a feature vector a line, values parted by commas, semicolons, tabs or spaces, with or without a
/// line of names. A first column of row numbers, as pandas writes it under an empty name, is left out.
enum CSVArray {
    /// - Returns: `[rows, columns]`
    /// - Throws: `FileError` or ``ArrayFailure``.
    static func read(_ path: String) throws -> Tensor {
        var bytes = try ByteSource.contents(of: path)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        // The end of the text stops the last number.
        bytes.append(0)
        var values: [Float] = [], columns: Int?, line = 0, dropsFirst = false
        try bytes.withUnsafeBufferPointer { text in
            guard let start = UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self) else { return }
            var position = 0
            while position < text.count - 1 {
                let end = text[position...].firstIndex { $0 == UInt8(ascii: "\n") || $0 == 0 } ?? text.count - 1
                defer { position = end + 1 }
                line += 1
                let before = values.count
                let isRow = parse(start, from: position, to: end, into: &values)
                guard isRow else {
                    values.removeSubrange(before...)
                    guard columns == nil, line == 1 else {
                        throw ArrayFailure("\(path): line \(line) is not a row of numbers")
                    }
                    dropsFirst = text[position] == UInt8(ascii: ",") || text[position] == UInt8(ascii: ";")
                    continue
                }
                if values.count == before { continue }
                if dropsFirst { values.remove(at: before) }
                let count = values.count - before
                guard count == columns ?? count else {
                    throw ArrayFailure("\(path): line \(line) has \(count) values and the first has \(columns ?? 0)")
                }
                columns = count
            }
        }
        // pandas names columns without names by their numbers.
        if let columns, columns > 2, values.count > columns, (0..<columns).allSatisfy({ values[$0] == Float($0) }) {
            values.removeFirst(columns)
        }
        guard let columns, columns > 0 else { throw ArrayFailure("\(path) has no row of numbers") }
        return Tensor(values, shape: [values.count / columns, columns])
    }

    /// Reads the numbers of a line.
    ///
    /// - Returns: false where something is no number.
    private static func parse(
        _ text: UnsafePointer<CChar>, from start: Int, to end: Int, into values: inout [Float]
    ) -> Bool {
        var position = start
        var isAfterSeparator = false
        func isBlank(_ byte: CChar) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        while true {
            while position < end, isBlank(text[position]) { position += 1 }
            guard position < end else { return !isAfterSeparator }
            var stop: UnsafeMutablePointer<CChar>?
            let value = strtof(text + position, &stop)
            guard let stop, UnsafePointer(stop) > text + position else { return false }
            let next = UnsafePointer(stop) - text
            guard next <= end else { return false }
            values.append(value)
            position = next
            let isSpaced = position < end && isBlank(text[position])
            while position < end, isBlank(text[position]) { position += 1 }
            guard position < end else { return true }
            if text[position] == CChar(UInt8(ascii: ",")) || text[position] == CChar(UInt8(ascii: ";")) {
                position += 1
                isAfterSeparator = true
            } else {
                guard isSpaced else { return false }
                isAfterSeparator = false
            }
        }
    }
}
