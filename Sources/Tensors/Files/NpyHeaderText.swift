/// The Python dictionary at the head of a `.npy` file:
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (10, 3), }`.
struct NpyHeaderText {
    let elementType: String
    let isColumnMajor: Bool
    let shape: [Int]

    /// - Returns: `nil` where the text is anything but such a dictionary with just those keys.
    init?(_ text: String) {
        var scanner = Scanner(rest: text[...])
        var elementType: String?
        var isColumnMajor: Bool?
        var shape: [Int]?
        guard scanner.take("{") else { return nil }
        while !scanner.take("}") {
            guard let key = scanner.takeString(), scanner.take(":") else { return nil }
            switch key {
            case "descr": elementType = scanner.takeString()
            case "fortran_order": isColumnMajor = scanner.take("True") ? true : scanner.take("False") ? false : nil
            case "shape": shape = scanner.takeShape()
            default: return nil
            }
            guard scanner.take(",") || scanner.isAtEndOfDictionary else { return nil }
        }
        guard let elementType, let isColumnMajor, let shape, scanner.isAtEnd else { return nil }
        self.elementType = elementType
        self.isColumnMajor = isColumnMajor
        self.shape = shape
    }

    private struct Scanner {
        var rest: Substring

        var isAtEndOfDictionary: Bool { rest.drop(while: \.isWhitespace).first == "}" }
        var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

        mutating func take(_ token: String) -> Bool {
            let trimmed = rest.drop(while: \.isWhitespace)
            guard trimmed.hasPrefix(token) else { return false }
            rest = trimmed.dropFirst(token.count)
            return true
        }

        mutating func takeString() -> String? {
            for quote in ["'", "\""] where take(quote) {
                guard let end = rest.firstIndex(of: Character(quote)) else { return nil }
                defer { rest = rest[rest.index(after: end)...] }
                return String(rest[..<end])
            }
            return nil
        }

        mutating func takeShape() -> [Int]? {
            guard take("(") else { return nil }
            var lengths: [Int] = []
            while !take(")") {
                let digits = rest.drop(while: \.isWhitespace).prefix { $0.isASCII && $0.isNumber }
                guard let length = Int(digits) else { return nil }
                rest = rest.drop(while: \.isWhitespace).dropFirst(digits.count)
                // Python 2 wrote long integers with an L.
                _ = take("L")
                lengths.append(length)
                guard take(",") || rest.drop(while: \.isWhitespace).first == ")" else { return nil }
            }
            return lengths
        }
    }
}
