import Foundation

/// The words of a configuration written as Python.
struct PythonTokens {
    enum Token: Equatable {
        case name(String)
        case number(Double)
        case text(String)
        /// Text with parts that would have to be evaluated.
        case formatted
        case symbol(String)
        /// The end of a line outside all brackets.
        case newline
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var depth = 0
    private(set) var tokens: [(token: Token, line: Int)] = []

    /// - Throws: ``PythonError``
    init(_ text: String) throws(PythonError) {
        bytes = Array(text.utf8)
        while position < bytes.count { try readToken() }
        append(.newline)
    }

    private mutating func append(_ token: Token) { tokens.append((token, line)) }

    private mutating func readToken() throws(PythonError) {
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "\n"):
            if depth == 0 { append(.newline) }
            line += 1
            position += 1
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
        case UInt8(ascii: "\\"):
            // Joins the next line to this one.
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "\n") {
                line += 1
                position += 1
            }
        case UInt8(ascii: "#"):
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        case UInt8(ascii: "\""), UInt8(ascii: "'"): append(.text(try readText()))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
        case UInt8(ascii: ".") where position + 1 < bytes.count && isDigit(bytes[position + 1]): try readNumber()
        case _ where isLetter(byte): try readName()
        default: try readSymbol()
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private mutating func readName() throws(PythonError) {
        let first = position
        while position < bytes.count, isLetter(bytes[position]) || isDigit(bytes[position]) { position += 1 }
        let name = String(decoding: bytes[first..<position], as: UTF8.self)
        let startsText =
            position < bytes.count && (bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'"))
        guard startsText, ["r", "u", "b", "f"].contains(name.lowercased()) else { return append(.name(name)) }
        let text = try readText()
        append(name.lowercased() == "f" ? .formatted : .text(text))
    }

    private mutating func readNumber() throws(PythonError) {
        let first = position
        while position < bytes.count {
            let byte = bytes[position]
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            if isSign, bytes[position - 1] | 0x20 != UInt8(ascii: "e") { break }
            guard isSign || isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".") else { break }
            position += 1
        }
        let text = String(decoding: bytes[first..<position], as: UTF8.self)
        guard let number = Double(text.replacing("_", with: "")), number.isFinite else {
            throw PythonError(line: line, problem: "'\(text)' is no number")
        }
        append(.number(number))
    }

    private mutating func readText() throws(PythonError) -> String {
        let quote = bytes[position]
        let isTriple =
            position + 2 < bytes.count && bytes[position + 1] == quote && bytes[position + 2] == quote
        let length = isTriple ? 3 : 1
        position += length
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote, position + length <= bytes.count,
                bytes[position..<(position + length)].allSatisfy({ $0 == quote })
            {
                position += length
                return String(decoding: content, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\n") {
                guard isTriple else { break }
                line += 1
            }
            // What is escaped stays as it is: nothing that is read here needs it.
            if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                content.append(byte)
                position += 1
            }
            content.append(bytes[position])
            position += 1
        }
        throw PythonError(line: line, problem: "text without an end")
    }

    private mutating func readSymbol() throws(PythonError) {
        let byte = bytes[position]
        position += 1
        var symbol = String(decoding: [byte], as: UTF8.self)
        switch symbol {
        case "(", "[", "{": depth += 1
        case ")", "]", "}": depth -= 1
        case "/", "*":
            if position < bytes.count, bytes[position] == byte {
                symbol += symbol
                position += 1
            }
        case "=", ",", ":", ".", "+", "-", "%": break
        default: throw PythonError(line: line, problem: "'\(symbol)' is not understood")
        }
        guard depth >= 0 else { throw PythonError(line: line, problem: "'\(symbol)' closes nothing") }
        append(.symbol(symbol))
    }
}

/// A configuration that is not understood.
struct PythonError: Error, Equatable {
    let line: Int
    let problem: String
}
