import Files
import Foundation

/// Text of files that may have been written on any system.
enum TextDecoding {
    /// Whether the bytes are UTF-16: by the byte order mark, or by a beginning in which every other byte is 0, as that of a
    /// table or of XML in Latin letters is where a program wrote no mark.
    static func isUTF16(_ bytes: [UInt8]) -> Bool { hasMark(bytes) || zeros(bytes) != nil }

    private static func hasMark(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
    }

    /// Whether the zeros of a beginning without a mark stand in the second byte of each pair; nil where it has no such zeros.
    private static func zeros(_ bytes: [UInt8]) -> Bool? {
        let head = bytes.prefix(32)
        guard head.count >= 16, head.count % 2 == 0 else { return nil }
        let first = stride(from: 0, to: head.count, by: 2).map { head[$0] }
        let second = stride(from: 1, to: head.count, by: 2).map { head[$0] }
        func isText(_ half: [UInt8]) -> Bool { half.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 >= 0x09 && $0 <= 0x0D } }
        if isText(first), second.allSatisfy({ $0 == 0 }) { return true }
        return isText(second) && first.allSatisfy { $0 == 0 } ? false : nil
    }

    /// UTF-16 as UTF-8.
    static func utf8(_ bytes: [UInt8], path: String) throws -> [UInt8] {
        guard !bytes.starts(with: [0xFF, 0xFE, 0, 0]) else {
            throw FileError.malformed(path: path, problem: "text in UTF-32; save the file as UTF-8")
        }
        guard bytes.count % 2 == 0 else {
            throw FileError.malformed(
                path: path, problem: "UTF-16 text with half a character at its end; it may be cut off")
        }
        let isLittle = zeros(bytes) ?? (bytes[0] == 0xFF)
        let units = stride(from: hasMark(bytes) ? 2 : 0, to: bytes.count, by: 2).map { index in
            isLittle
                ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
                : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw FileError.malformed(path: path, problem: "text that is not UTF-16, although it begins so")
        }
        return Array(text.utf8)
    }

    /// The beginning of a file as text; nil where it is none.
    ///
    /// - Parameter isCut: whether the file goes on, so that the last character may be incomplete.
    static func prefix(_ bytes: [UInt8], isCut: Bool) -> String? {
        var content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        for _ in 0..<(isCut ? 4 : 1) {
            if let text = String(validating: content, as: UTF8.self) { return text.utf8.contains(0) ? nil : text }
            if content.isEmpty { return nil }
            content.removeLast()
        }
        return nil
    }

    /// The number of the first line that is not UTF-8, from 1.
    static func lineOfInvalidText(in bytes: [UInt8]) -> Int {
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }

    /// Splits at LF, CR LF and CR. The text after the last line end is a line only where it is not empty.
    static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        let units = text.utf8
        var begin = units.startIndex, position = begin
        while position < units.endIndex {
            let unit = units[position]
            let next = units.index(after: position)
            if unit == UInt8(ascii: "\n") {
                lines.append(text[begin..<position])
                begin = next
            } else if unit == UInt8(ascii: "\r") {
                lines.append(text[begin..<position])
                begin = next < units.endIndex && units[next] == UInt8(ascii: "\n") ? units.index(after: next) : next
                position = begin
                continue
            }
            position = next
        }
        if begin < units.endIndex { lines.append(text[begin...]) }
        return lines
    }

    /// Without white space at both ends.
    static func trimmed(_ text: some StringProtocol) -> String {
        // Nearly all texts begin and end with a letter of ASCII.
        let units = Substring(text).utf8
        guard let first = units.first, let last = units.last else { return "" }
        if first > 0x20, first < 0x7F, last > 0x20, last < 0x7F { return String(text) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
