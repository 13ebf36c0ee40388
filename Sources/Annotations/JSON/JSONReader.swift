/// A pull parser for JSON of any size: it holds one buffer of the file and no tree.
///
/// Values are asked for in the order of the text. After ``nextKey()`` and ``readString()`` the text found is the current
/// token, valid until the next call. `NaN`, `Infinity` and `-Infinity`, which Python writes, are accepted as numbers so
/// that the caller can count them instead of losing the file.
struct JSONReader: ~Copyable {
    enum Kind { case object, array, string, number, boolean, null, end }

    /// Containers may be nested this deep.
    private static let depthLimit = 512
    /// One string or number may be this long.
    private static let tokenLimit = 1 << 26
    /// A number shorter than this is never split by the end of the buffer.
    private static let lookahead = 64

    private let source: ByteSource
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity = 1 << 20
    /// Bytes of the file before the first byte of the buffer.
    private var consumed = 0
    private var position = 0
    private var limit = 0
    private var reachedEnd = false
    private var tokenStart = 0
    private var tokenEnd = 0
    /// One entry for each open container: whether an element was already read.
    private var hasElements: [Bool] = []

    /// The file named in errors.
    var path: String { source.path }

    init(path: String) throws(AnnotationsError) {
        self.init(try ByteSource(path: path))
    }

    private init(_ source: consuming ByteSource) {
        self.source = source
        // One byte more than the capacity holds a zero behind the text, at which every scan stops.
        buffer = .allocate(capacity: capacity + 1)
        buffer[0] = 0
    }

    deinit { buffer.deallocate() }

    // MARK: - Structure

    /// What comes next, without reading it; `.end` only after the last value of the file.
    mutating func peek() throws(AnnotationsError) -> Kind {
        switch try skipSpace() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        case 0 where position == limit: return .end
        default: return .number
        }
    }

    mutating func beginObject() throws(AnnotationsError) { try open(UInt8(ascii: "{"), "an object") }
    mutating func beginArray() throws(AnnotationsError) { try open(UInt8(ascii: "["), "a list") }

    /// Moves to the value of the next key, which becomes the token; false when the object ends.
    mutating func nextKey() throws(AnnotationsError) -> Bool {
        guard try advance(closing: UInt8(ascii: "}")) else { return false }
        guard try skipSpace() == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
        try scanString()
        // Not skipSpace(), which would give up the token; a refill keeps it.
        while buffer[position] != UInt8(ascii: ":") {
            if Self.isSpace(buffer[position]) {
                position += 1
            } else if position == limit {
                guard try refill() else { throw failure("the text ends after a key") }
            } else {
                throw failure("expected ':' after a key")
            }
        }
        position += 1
        return true
    }

    /// Moves to the next element; false when the list ends.
    mutating func nextElement() throws(AnnotationsError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    /// Passes over one value of any kind.
    mutating func skipValue() throws(AnnotationsError) {
        let depth = hasElements.count
        repeat {
            if hasElements.count > depth {
                // Inside a container the closing byte tells which kind it is: keys are read as strings followed by ':'.
                if !(try advanceInside()) { continue }
            }
            switch try peek() {
            case .object: try open(UInt8(ascii: "{"), "an object", asObject: true)
            case .array: try open(UInt8(ascii: "["), "a list", asObject: false)
            case .string: _ = try readString()
            case .number: _ = try readNumber()
            case .boolean, .null: try readWord()
            case .end: throw failure("the text ends inside a value")
            }
        } while hasElements.count > depth
    }

    /// Checks that nothing follows the last value.
    mutating func finish() throws(AnnotationsError) {
        guard try peek() == .end else { throw failure("text after the end of the document") }
    }

    // MARK: - Values

    /// Reads a string; its text becomes the token.
    mutating func readString() throws(AnnotationsError) {
        guard try skipSpace() == UInt8(ascii: "\"") else { throw failure("expected a string") }
        try scanString()
    }

    /// Reads a number.
    mutating func readNumber() throws(AnnotationsError) -> Double {
        _ = try skipSpace()
        tokenStart = position
        tokenEnd = position
        if limit - position < Self.lookahead { try refill() }
        return try scanNumber()
    }

    /// Reads `true`, `false` or `null`.
    mutating func readWord() throws(AnnotationsError) {
        _ = try skipSpace()
        for word: StaticString in ["true", "false", "null"] where try accept(word) { return }
        throw failure("expected true, false or null")
    }

    /// Whether the token is exactly this text.
    func tokenIs(_ text: StaticString) -> Bool {
        guard tokenEnd - tokenStart == text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where buffer[tokenStart + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// The token as a string.
    func tokenText() throws(AnnotationsError) -> String {
        guard let text = String(validating: token, as: UTF8.self) else { throw failure("text that is not UTF-8") }
        return text
    }

    /// The number of the token in a table of strings.
    func tokenIndex(in table: inout StringTable) throws(AnnotationsError) -> Int32 {
        guard let index = table.index(of: token) else { throw failure("text that is not UTF-8") }
        return index
    }

    func failure(_ problem: String) -> AnnotationsError {
        .malformed(file: source.path, offset: consumed + position, problem: problem)
    }

    // MARK: - Scanning

    private var token: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: buffer + tokenStart, count: tokenEnd - tokenStart)
    }

    /// Brings more of the file into the buffer, keeping everything from the start of the token; false at the end.
    @discardableResult
    private mutating func refill() throws(AnnotationsError) -> Bool {
        if reachedEnd { return false }
        let kept = limit - tokenStart
        if tokenStart > 0 {
            buffer.update(from: buffer + tokenStart, count: kept)
            consumed += tokenStart
            position -= tokenStart
            tokenEnd -= tokenStart
            tokenStart = 0
        } else if kept == capacity {
            guard capacity < Self.tokenLimit else { throw failure("a value longer than \(Self.tokenLimit) bytes") }
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2 + 1)
            larger.update(from: buffer, count: kept)
            buffer.deallocate()
            buffer = larger
            capacity *= 2
        }
        limit = kept
        let isFirst = consumed + limit == 0
        let read = try source.read(into: buffer + limit, count: capacity - limit)
        limit += read
        buffer[limit] = 0
        reachedEnd = read == 0
        // A byte order mark, which some editors write.
        if isFirst && limit >= 3 && buffer[0] == 0xEF && buffer[1] == 0xBB && buffer[2] == 0xBF { position = 3 }
        return read > 0
    }

    /// Moves to the next byte that is not white space and returns it; 0 at the end.
    private mutating func skipSpace() throws(AnnotationsError) -> UInt8 {
        while true {
            let byte = buffer[position]
            if Self.isSpace(byte) {
                position += 1
            } else if position == limit {
                tokenStart = position
                tokenEnd = position
                guard try refill() else { return 0 }
            } else {
                return byte
            }
        }
    }

    private mutating func open(
        _ bracket: UInt8, _ name: String, asObject: Bool? = nil
    ) throws(AnnotationsError) {
        guard try skipSpace() == bracket else { throw failure("expected \(name)") }
        guard hasElements.count < Self.depthLimit else { throw failure("nested deeper than \(Self.depthLimit)") }
        position += 1
        hasElements.append(false)
        if let asObject { skippedObjects.append(asObject) }
    }

    /// For each container opened by ``skipValue()``, whether it is an object.
    private var skippedObjects: [Bool] = []

    private mutating func advanceInside() throws(AnnotationsError) -> Bool {
        guard let isObject = skippedObjects.last else { return false }
        let more = isObject ? try nextKey() : try nextElement()
        if !more { skippedObjects.removeLast() }
        return more
    }

    /// Passes the comma before an element, or the bracket behind the last one.
    private mutating func advance(closing: UInt8) throws(AnnotationsError) -> Bool {
        guard let isLater = hasElements.last else { throw failure("no container is open") }
        var byte = try skipSpace()
        if byte == closing {
            position += 1
            hasElements.removeLast()
            return false
        }
        if isLater {
            guard byte == UInt8(ascii: ",") else {
                throw failure(position == limit ? "the text ends inside a value" : "expected ',' or a closing bracket")
            }
            position += 1
            byte = try skipSpace()
            guard byte != closing else { throw failure("a comma before a closing bracket") }
        } else {
            hasElements[hasElements.count - 1] = true
        }
        guard position < limit else { throw failure("the text ends inside a value") }
        return true
    }

    private mutating func accept(_ word: StaticString) throws(AnnotationsError) -> Bool {
        tokenStart = position
        tokenEnd = position
        if limit - position < word.utf8CodeUnitCount { try refill() }
        guard limit - position >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where buffer[position + offset] != word.utf8Start[offset] {
            return false
        }
        position += word.utf8CodeUnitCount
        return true
    }

    /// Scans a string whose opening quote is the current byte.
    private mutating func scanString() throws(AnnotationsError) {
        position += 1
        tokenStart = position
        tokenEnd = position
        while true {
            let byte = buffer[position]
            if byte == UInt8(ascii: "\"") {
                tokenEnd = position
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") { return try scanEscapedString() }
            if byte < 0x20 {
                if position == limit {
                    guard try refill() else { throw failure("the text ends inside a string") }
                    continue
                }
                throw failure("a control character inside a string")
            }
            position += 1
        }
    }

    /// Scans the rest of a string, writing the plain text over the escaped, which is never shorter.
    private mutating func scanEscapedString() throws(AnnotationsError) {
        var length = position - tokenStart
        while true {
            if limit - position < 12 { try refill() }
            let byte = buffer[position]
            if byte == UInt8(ascii: "\"") {
                tokenEnd = tokenStart + length
                position += 1
                return
            }
            if byte < 0x20 {
                throw failure(
                    position == limit ? "the text ends inside a string" : "a control character inside a string")
            }
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                buffer[tokenStart + length] = byte
                length += 1
                continue
            }
            let escape = buffer[position]
            position += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): length += put(escape, at: length)
            case UInt8(ascii: "b"): length += put(0x08, at: length)
            case UInt8(ascii: "f"): length += put(0x0C, at: length)
            case UInt8(ascii: "n"): length += put(0x0A, at: length)
            case UInt8(ascii: "r"): length += put(0x0D, at: length)
            case UInt8(ascii: "t"): length += put(0x09, at: length)
            case UInt8(ascii: "u"):
                let scalar = try scanScalar()
                for unit in Character(scalar).utf8 { length += put(unit, at: length) }
            default: throw failure("an unknown escape in a string")
            }
        }
    }

    private func put(_ byte: UInt8, at length: Int) -> Int {
        buffer[tokenStart + length] = byte
        return 1
    }

    /// A scalar after `\u`; half of a surrogate pair alone becomes the replacement character.
    private mutating func scanScalar() throws(AnnotationsError) -> Unicode.Scalar {
        let first = try scanHex()
        if first >= 0xD800 && first < 0xDC00 && buffer[position] == UInt8(ascii: "\\")
            && buffer[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = try scanHex()
            if second >= 0xDC00 && second < 0xE000 {
                return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
            }
            return "\u{FFFD}"
        }
        return Unicode.Scalar(first) ?? "\u{FFFD}"
    }

    private mutating func scanHex() throws(AnnotationsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = buffer[position]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw failure("an escape that is not four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func scanNumber() throws(AnnotationsError) -> Double {
        var cursor = position
        let isNegative = buffer[cursor] == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        let integerStart = cursor
        var mantissa: UInt64 = 0
        var exponent = 0
        var digits = 0
        while let digit = Self.digit(buffer[cursor]) {
            mantissa = mantissa &* 10 &+ digit
            digits += digits > 0 || digit > 0 ? 1 : 0
            cursor += 1
        }
        if cursor == integerStart { return try scanSpecialNumber() }
        if cursor - integerStart > 1 && buffer[integerStart] == UInt8(ascii: "0") {
            throw failure("a number with a leading zero")
        }
        if buffer[cursor] == UInt8(ascii: ".") {
            cursor += 1
            let fractionStart = cursor
            while let digit = Self.digit(buffer[cursor]) {
                mantissa = mantissa &* 10 &+ digit
                digits += digits > 0 || digit > 0 ? 1 : 0
                cursor += 1
            }
            exponent = fractionStart - cursor
            if cursor == fractionStart && (cursor < limit || reachedEnd) {
                throw failure("a number without digits after the point")
            }
        }
        if buffer[cursor] | 0x20 == UInt8(ascii: "e") {
            cursor += 1
            let exponentIsNegative = buffer[cursor] == UInt8(ascii: "-")
            if exponentIsNegative || buffer[cursor] == UInt8(ascii: "+") { cursor += 1 }
            let exponentStart = cursor
            var value = 0
            while let digit = Self.digit(buffer[cursor]) {
                value = min(value * 10 + Int(digit), 1 << 20)
                cursor += 1
            }
            if cursor == exponentStart && (cursor < limit || reachedEnd) {
                throw failure("a number without digits in its exponent")
            }
            exponent += exponentIsNegative ? -value : value
        }
        if cursor >= limit && !reachedEnd {
            // Longer than the lookahead: read more and begin again.
            try refill()
            return try scanNumber()
        }
        let start = position
        position = cursor
        if digits <= 19, let value = DecimalNumber.double(mantissa: mantissa, exponent: exponent) {
            return isNegative ? -value : value
        }
        let text = String(decoding: UnsafeBufferPointer(start: buffer + start, count: cursor - start), as: UTF8.self)
        guard let value = Double(text) else { throw failure("a number that cannot be read") }
        return value
    }

    private mutating func scanSpecialNumber() throws(AnnotationsError) -> Double {
        if try accept("NaN") { return .nan }
        if try accept("Infinity") { return .infinity }
        if try accept("-Infinity") { return -.infinity }
        throw failure(position == limit ? "the text ends where a value is expected" : "expected a number")
    }

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> UInt64? {
        let value = byte &- 0x30
        return value < 10 ? UInt64(value) : nil
    }
}
