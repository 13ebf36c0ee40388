import Files
import Foundation
import Localization

/// Reads configurations of OpenTAD: Python files of assignments, which may build on other such files.
///
/// Nothing is executed: numbers, texts, lists, tuples, dictionaries, names assigned before and arithmetic are evaluated;
/// calls of functions other than `dict` become ``PythonValue/unknown``; other statements are refused.
struct PythonConfiguration {
    /// Deeper than any configuration; brackets, or files that build on each other, can nest without end.
    private static let deepestNesting = 64
    private static let deepestBase = 8
    private static let mostBytes = 1 << 20
    private static let longestList = 10_000
    /// Names and lists can be repeated until no machine holds what a few lines say.
    private static let mostValues = 1_000_000

    private let tokens: [(token: PythonTokens.Token, line: Int)]
    private var position = 0
    private var variables: [String: PythonValue] = [:]
    /// Values in each variable.
    private var sizes: [String: Int] = [:]
    /// Values read so far; those of a name count each time it is used.
    private var valueCount = 0

    /// The assignments of a file on top of those of the files that its `_base_` names.
    ///
    /// - Throws: ``LocalizationError/officialSettings(file:problem:)``
    static func read(_ path: String) throws(LocalizationError) -> [String: PythonValue] {
        try read(path, depth: 0)
    }

    private static func read(_ path: String, depth: Int) throws(LocalizationError) -> [String: PythonValue] {
        guard depth <= deepestBase else {
            throw .officialSettings(file: path, problem: "its '_base_' files go too deep")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .officialSettings(
                file: path,
                problem: "cannot be read; configurations of OpenTAD need the files they build on ('_base_') beside them"
            )
        }
        guard data.count <= mostBytes, let text = String(data: data, encoding: .utf8) else {
            throw .officialSettings(file: path, problem: "is no configuration of OpenTAD")
        }
        var own: [String: PythonValue]
        do throws(PythonError) {
            own = try assignments(in: text)
        } catch {
            throw .officialSettings(file: path, problem: "line \(error.line): \(error.problem)")
        }
        var result = PythonValue.dictionary([:])
        let folder = DurableFile.parent(of: path)
        for base in try bases(own.removeValue(forKey: "_base_"), file: path) {
            let file = base.hasPrefix("/") ? base : (folder as NSString).appendingPathComponent(base)
            result = result.updated(by: .dictionary(try read(file, depth: depth + 1)))
        }
        guard case .dictionary(let entries) = result.updated(by: .dictionary(own)) else { return own }
        return entries
    }

    private static func bases(_ value: PythonValue?, file: String) throws(LocalizationError) -> [String] {
        switch value {
        case nil: return []
        case .text(let name): return [name]
        case .list(let list):
            let names = list.compactMap { if case .text(let name) = $0 { name } else { nil } }
            if names.count == list.count { return names }
        default: break
        }
        throw .officialSettings(file: file, problem: "'_base_' must be a list of file names")
    }

    /// The assignments in a text.
    static func assignments(in text: String) throws(PythonError) -> [String: PythonValue] {
        var reader = PythonConfiguration(tokens: try PythonTokens(text).tokens)
        while reader.position < reader.tokens.count { try reader.readStatement() }
        return reader.variables
    }

    private init(tokens: [(token: PythonTokens.Token, line: Int)]) { self.tokens = tokens }

    // MARK: - Statements

    private var token: PythonTokens.Token { position < tokens.count ? tokens[position].token : .newline }

    private func failure(_ problem: String) -> PythonError {
        PythonError(line: tokens[min(position, tokens.count - 1)].line, problem: problem)
    }

    private mutating func readStatement() throws(PythonError) {
        switch token {
        case .newline: position += 1
        case .text, .formatted:
            position += 1
            try endStatement()
        case .name("import"), .name("from"):
            while token != .newline { position += 1 }
        case .name(let name):
            position += 1
            guard take("=") else { throw failure("only assignments are read") }
            let before = valueCount
            let value = try readSum(depth: 0)
            variables[name] = value
            switch value {
            case .list, .dictionary: sizes[name] = valueCount - before
            default: sizes[name] = 0
            }
            try endStatement()
        default: throw failure("only assignments are read")
        }
    }

    private mutating func endStatement() throws(PythonError) {
        guard token == .newline else { throw failure("only values, dict(), lists and arithmetic are read") }
        position += 1
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard token == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(PythonError) {
        guard take(symbol) else { throw failure("expected '\(symbol)'") }
    }

    /// Counts values that are made.
    private mutating func count(_ values: Double) throws(PythonError) {
        // False for what is not a number, too.
        guard Double(valueCount) + values <= Double(Self.mostValues) else {
            throw failure("holds more than \(Self.mostValues) values")
        }
        valueCount += Int(values)
    }

    // MARK: - Expressions

    private mutating func readSum(depth: Int) throws(PythonError) -> PythonValue {
        var value = try readProduct(depth: depth)
        while case .symbol(let symbol) = token, ["+", "-"].contains(symbol) {
            position += 1
            value = Self.combine(value, symbol, try readProduct(depth: depth))
        }
        return value
    }

    private mutating func readProduct(depth: Int) throws(PythonError) -> PythonValue {
        let before = valueCount
        var value = try readFactor(depth: depth)
        while case .symbol(let symbol) = token, ["*", "/", "//", "%"].contains(symbol) {
            position += 1
            let next = try readFactor(depth: depth)
            switch (value, symbol, next) {
            case (.list, "*", .number(let times)), (.number(let times), "*", .list):
                try count(Double(valueCount - before) * max(0, times - 1))
            default: break
            }
            value = Self.combine(value, symbol, next)
        }
        return value
    }

    private mutating func readFactor(depth: Int) throws(PythonError) -> PythonValue {
        guard depth < Self.deepestNesting else { throw failure("brackets nest too deep") }
        if take("-") {
            guard case .number(let number) = try readFactor(depth: depth + 1) else { return .unknown }
            return .number(-number)
        }
        var value = try readAtom(depth: depth)
        // Attributes, elements and calls of what was read are not evaluated.
        while true {
            if take(".") {
                guard case .name = token else { throw failure("expected a name after '.'") }
                position += 1
            } else if take("[") {
                _ = try readSum(depth: depth + 1)
                try expect("]")
            } else if take("(") {
                _ = try readArguments(depth: depth + 1)
            } else {
                return value
            }
            value = .unknown
        }
    }

    private mutating func readAtom(depth: Int) throws(PythonError) -> PythonValue {
        let current = token
        guard current != .newline else { throw failure("a value is missing") }
        if case .name(let name) = current { try count(Double(sizes[name] ?? 0)) }
        try count(1)
        position += 1
        switch current {
        case .number(let number): return .number(number)
        case .formatted: return .unknown
        case .text(var text):
            while case .text(let more) = token {
                text += more
                position += 1
            }
            return .text(text)
        case .name("None"): return .none
        case .name("True"): return .bool(true)
        case .name("False"): return .bool(false)
        case .name("dict") where take("("): return .dictionary(try readArguments(depth: depth + 1))
        case .name(let name): return variables[name] ?? .unknown
        case .symbol("["): return .list(try readElements(until: "]", depth: depth + 1).values)
        case .symbol("("):
            let (values, hasComma) = try readElements(until: ")", depth: depth + 1)
            return values.count == 1 && !hasComma ? values[0] : .list(values)
        case .symbol("{"): return .dictionary(try readEntries(depth: depth + 1))
        default: throw failure("a value is missing")
        }
    }

    private mutating func readElements(
        until end: String, depth: Int
    ) throws(PythonError) -> (values: [PythonValue], hasComma: Bool) {
        var values: [PythonValue] = [], hasComma = false
        while !take(end) {
            values.append(try readSum(depth: depth))
            guard !take(end) else { break }
            try expect(",")
            hasComma = true
        }
        return (values, hasComma)
    }

    private mutating func readEntries(depth: Int) throws(PythonError) -> [String: PythonValue] {
        var entries: [String: PythonValue] = [:]
        while !take("}") {
            guard case .text(let key) = try readSum(depth: depth) else { throw failure("keys must be texts") }
            try expect(":")
            entries[key] = try readSum(depth: depth)
            guard !take("}") else { break }
            try expect(",")
        }
        return entries
    }

    /// The arguments of a call by name; others are passed over.
    private mutating func readArguments(depth: Int) throws(PythonError) -> [String: PythonValue] {
        var arguments: [String: PythonValue] = [:]
        while !take(")") {
            if take("**") {
                if case .dictionary(let more) = try readSum(depth: depth) {
                    arguments.merge(more) { _, new in new }
                }
            } else if case .name(let name) = token, position + 1 < tokens.count,
                tokens[position + 1].token == .symbol("=")
            {
                position += 2
                arguments[name] = try readSum(depth: depth)
            } else {
                _ = try readSum(depth: depth)
            }
            guard !take(")") else { break }
            try expect(",")
        }
        return arguments
    }

    private static func combine(_ first: PythonValue, _ symbol: String, _ second: PythonValue) -> PythonValue {
        switch (first, symbol, second) {
        case (.number(let a), "+", .number(let b)): return .number(a + b)
        case (.number(let a), "-", .number(let b)): return .number(a - b)
        case (.number(let a), "*", .number(let b)): return .number(a * b)
        case (.number(let a), "/", .number(let b)) where b != 0: return .number(a / b)
        case (.number(let a), "//", .number(let b)) where b != 0: return .number((a / b).rounded(.down))
        case (.number(let a), "%", .number(let b)) where b != 0: return .number(a - b * (a / b).rounded(.down))
        case (.text(let a), "+", .text(let b)):
            return a.utf8.count + b.utf8.count <= longestList ? .text(a + b) : .unknown
        case (.list(let a), "+", .list(let b)): return a.count + b.count <= longestList ? .list(a + b) : .unknown
        case (.list(let list), "*", .number(let count)), (.number(let count), "*", .list(let list)):
            guard count >= 0, count * Double(list.count) <= Double(longestList) else { return .unknown }
            return .list(Array(repeating: list, count: Int(count)).flatMap { $0 })
        default: return .unknown
        }
    }
}
