/// What a client asked for of a file, by the header `Range` (RFC 9110, section 14).
enum ByteRange: Equatable {
    /// All of it: no range, several, or text that is none, which a server may leave aside.
    case whole
    case part(Range<Int>)
    /// A range that has no byte of the file.
    case unsatisfiable

    /// - Parameters:
    ///   - header: such as `bytes=0-99`, `bytes=100-` or `bytes=-100` (the last 100).
    ///   - size: of the file, in bytes.
    init(_ header: String?, size: Int) {
        self = .whole
        guard let header else { return }
        let halves = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, Self.trimmed(halves[0]).lowercased() == "bytes" else { return }
        let ends = Self.trimmed(halves[1]).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return }
        let (first, last) = (Self.number(ends[0]), Self.number(ends[1]))
        switch (first, last) {
        case (.some(let first), .some(let last)) where last >= first:
            self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
        case (.some(let first), nil) where Self.trimmed(ends[1]).isEmpty:
            self = first < size ? .part(first..<size) : .unsatisfiable
        case (nil, .some(let count)) where Self.trimmed(ends[0]).isEmpty:
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        default: return
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var text = text.drop(while: isSpace)
        while text.last.map(isSpace) == true { text.removeLast() }
        return text
    }

    /// Digits as a number; one that is too large is the largest.
    private static func number(_ text: Substring) -> Int? {
        let digits = trimmed(text)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(digits) ?? .max
    }
}
