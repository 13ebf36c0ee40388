/// A pull parser for JSON of any size: it holds one buffer of the file and no tree.
///
/// Values are asked for in the order of the text. After ``nextKey()`` and ``readString()`` the text found is the current
/// token, valid until the next call. `NaN`, `Infinity` and `-Infinity`, which Python writes, are accepted as numbers so
/// that the caller can count them instead of losing the file.
package struct JSONReader: ~Copyable {
    package enum Kind { case object, array, string, number, boolean, null, end }

    /// Containers may be nested this deep.
    private static let depthLimit = 512
    /// One string or number may be this long.
    private static let tokenLimit = 1 << 26
    /// A number shorter than this is never split by the end of the buffer.
    private static let lookahead = 64

    private var source: ByteSource
    package var buffer: UnsafeMutablePointer<UInt8>
    package var capacity = 1 << 20
    /// Bytes of the file before the first byte of the buffer.
    private var consumed = 0
    package var position = 0
    package var limit = 0
    package var reachedEnd = false
    package var tokenStart = 0
    package var tokenEnd = 0
    /// One entry for each open container: whether an element was already read.
    private var hasElements: [Bool] = []

    /// The file named in errors.
    package var path: String { source.path }

    package init(path: String) throws(FileError) {
        self.init(try ByteSource(path: path))
    }

    /// Reads what is left of a source.
    package init(_ source: consuming ByteSource) {
        self.source = source
        // One byte more than the capacity holds a zero behind the text, at which every scan stops.
        buffer = .allocate(capacity: capacity + 1)
        buffer[0] = 0
    }

    deinit { buffer.deallocate() }

    // MARK: - Structure

    /// What comes next, without reading it; `.end` only after the last value of the file.
    package mutating func peek() throws(FileError) -> Kind {
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

    package mutating func beginObject() throws(FileError) { try open(UInt8(ascii: "{"), "an object") }
    package mutating func beginArray() throws(FileError) { try open(UInt8(ascii: "["), "a list") }

    /// Moves to the value of the next key, which becomes the token; false when the object ends.
    package mutating func nextKey() throws(FileError) -> Bool {
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
    package mutating func nextElement() throws(FileError) -> Bool {
        try advance(closing: UInt8(ascii: "]"))
    }

    /// Passes over one value of any kind.
    package mutating func skipValue() throws(FileError) {
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
    package mutating func finish() throws(FileError) {
        guard try peek() == .end else { throw failure("text after the end of the document") }
    }

    // MARK: - Values

    /// Reads a string; its text becomes the token.
    package mutating func readString() throws(FileError) {
        guard try skipSpace() == UInt8(ascii: "\"") else { throw failure("expected a string") }
        try scanString()
    }

    /// Reads a number.
    package mutating func readNumber() throws(FileError) -> Double {
        _ = try skipSpace()
        tokenStart = position
        tokenEnd = position
        if limit - position < Self.lookahead { try refill() }
        return try scanNumber()
    }

    /// Reads `true`, `false` or `null`.
    package mutating func readWord() throws(FileError) {
        _ = try skipSpace()
        for word: StaticString in ["true", "false", "null"] where try accept(word) { return }
        throw failure("expected true, false or null")
    }

    /// Reads `true` or `false`.
    package mutating func readBoolean() throws(FileError) -> Bool {
        _ = try skipSpace()
        if try accept("true") { return true }
        if try accept("false") { return false }
        throw failure("expected true or false")
    }

    /// Whether the token is exactly this text.
    package func tokenIs(_ text: StaticString) -> Bool {
        guard tokenEnd - tokenStart == text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where buffer[tokenStart + offset] != text.utf8Start[offset] {
            return false
        }
        return true
    }

    /// The token as a string.
    package func tokenText() throws(FileError) -> String {
        guard let text = String(validating: token, as: UTF8.self) else { throw failure("text that is not UTF-8") }
        return text
    }

    /// The number of the token in a table of strings.
    package func tokenIndex(in table: inout StringTable) throws(FileError) -> Int32 {
        guard let index = table.index(of: token) else { throw failure("text that is not UTF-8") }
        return index
    }

    package func failure(_ problem: String) -> FileError {
        .malformed(path: source.path, offset: consumed + position, problem: problem)
    }

    // MARK: - Buffer

    private var token: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: buffer + tokenStart, count: tokenEnd - tokenStart)
    }

    /// Brings more of the file into the buffer, keeping everything from the start of the token; false at the end.
    @discardableResult
    package mutating func refill() throws(FileError) -> Bool {
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
    private mutating func skipSpace() throws(FileError) -> UInt8 {
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
    ) throws(FileError) {
        guard try skipSpace() == bracket else { throw failure("expected \(name)") }
        guard hasElements.count < Self.depthLimit else { throw failure("nested deeper than \(Self.depthLimit)") }
        position += 1
        hasElements.append(false)
        if let asObject { skippedObjects.append(asObject) }
    }

    /// For each container opened by ``skipValue()``, whether it is an object.
    private var skippedObjects: [Bool] = []

    private mutating func advanceInside() throws(FileError) -> Bool {
        guard let isObject = skippedObjects.last else { return false }
        let more = isObject ? try nextKey() : try nextElement()
        if !more { skippedObjects.removeLast() }
        return more
    }

    /// Passes the comma before an element, or the bracket behind the last one.
    private mutating func advance(closing: UInt8) throws(FileError) -> Bool {
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

    package mutating func accept(_ word: StaticString) throws(FileError) -> Bool {
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

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
