import Files

/// A pull reader of XML as labelling tools write it: elements, attributes, text, CDATA. Comments and processing instructions are
/// passed over.
///
/// Foundation's parser would load libxml2 and a Foundation of its own at every start of the program, and expands entities. Here a
/// document type may stand at the top but declares nothing: the five names of XML and numbers of characters are the only
/// entities, so no text can grow.
struct XMLReader {
    enum Event {
        case start(String, [String: String])
        case end(String)
        case text(String)
    }

    /// Elements may be nested this deep.
    private static let depthLimit = 256
    private static let attributeLimit = 256

    private let file: SourceFile
    private let bytes: [UInt8]
    private var position = 0
    private var open: [String] = []
    /// The end of an element that was written as `<a/>`.
    private var pendingEnd: String?
    private var hasRoot = false

    /// - Parameter file: UTF-8 or UTF-16 with its mark, or Latin-1 where the text says so.
    init(_ file: SourceFile) throws {
        self.file = file
        let head = file.startText.map { String($0.prefix(120)).lowercased() }
        var bytes = try file.bytes()
        if head?.contains("encoding=\"iso-8859-1\"") ?? false, !bytes.allSatisfy({ $0 < 0x80 }),
            String(validating: bytes, as: UTF8.self) == nil
        {
            bytes = bytes.flatMap { Array(String(Unicode.Scalar($0)).utf8) }
        }
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next event; nil after the end of the last element.
    mutating func next() throws -> Event? {
        if let name = pendingEnd {
            pendingEnd = nil
            return .end(name)
        }
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let begin = position
                while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
                guard !open.isEmpty else {
                    guard bytes[begin..<position].allSatisfy(Self.isSpace) else {
                        throw failure("text outside of elements")
                    }
                    continue
                }
                return .text(try decoded(begin..<position))
            }
            if accept("<!--") {
                try skip(to: "-->", "a comment")
            } else if accept("<?") {
                try skip(to: "?>", "a processing instruction")
            } else if accept("<![CDATA[") {
                guard !open.isEmpty else { throw failure("text outside of elements") }
                let begin = position
                try skip(to: "]]>", "CDATA")
                return .text(try plain(begin..<(position - 3)))
            } else if accept("<!DOCTYPE") {
                try skipDocumentType()
            } else if accept("</") {
                return try readEnd()
            } else {
                position += 1
                return try readStart()
            }
        }
        guard open.isEmpty else { throw failure("the text ends inside '\(open[open.count - 1])'") }
        guard hasRoot else { throw failure("no element") }
        return nil
    }

    /// The text of the element that has just begun, up to its end; elements inside it are left out.
    mutating func content() throws -> String {
        var text = "", depth = 1
        while let event = try next() {
            switch event {
            case .text(let part): if depth == 1 { text += part }
            case .start: depth += 1
            case .end:
                depth -= 1
                if depth == 0 { return text }
            }
        }
        return text
    }

    func failure(_ problem: String) -> FileError {
        let line = bytes.prefix(min(position, bytes.count)).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        return file.malformed(line, problem)
    }

    // MARK: - Parts

    private mutating func readStart() throws -> Event {
        let name = try readName()
        if open.isEmpty, hasRoot { throw failure("a second element at the top ('\(name)')") }
        guard open.count < Self.depthLimit else { throw failure("elements nested deeper than \(Self.depthLimit)") }
        hasRoot = true
        var attributes: [String: String] = [:]
        while true {
            let hadSpace = skipSpace()
            guard position < bytes.count else { throw failure("the text ends inside '\(name)'") }
            if accept("/>") {
                pendingEnd = name
                return .start(name, attributes)
            }
            if accept(">") {
                open.append(name)
                return .start(name, attributes)
            }
            guard hadSpace, attributes.count < Self.attributeLimit else { throw failure("a damaged element '\(name)'") }
            let key = try readName()
            _ = skipSpace()
            guard accept("=") else { throw failure("an attribute '\(key)' without a value") }
            _ = skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
            else { throw failure("an attribute '\(key)' without quotes") }
            let quote = bytes[position]
            position += 1
            let begin = position
            while position < bytes.count, bytes[position] != quote { position += 1 }
            guard position < bytes.count else { throw failure("the text ends inside quotes") }
            attributes[key] = try decoded(begin..<position)
            position += 1
        }
    }

    private mutating func readEnd() throws -> Event {
        let name = try readName()
        _ = skipSpace()
        guard accept(">"), open.last == name else {
            throw failure("'</\(name)>' where '\(open.last ?? "")' should end")
        }
        open.removeLast()
        return .end(name)
    }

    private mutating func readName() throws -> String {
        let begin = position
        while position < bytes.count, Self.isName(bytes[position]) { position += 1 }
        guard position > begin, position - begin < 1024 else { throw failure("expected a name") }
        return try plain(begin..<position)
    }

    private mutating func skipDocumentType() throws {
        while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
            guard bytes[position] != UInt8(ascii: "[") else {
                throw failure("a document type with declarations, which are not read")
            }
            position += 1
        }
        position += 1
    }

    // MARK: - Bytes

    private mutating func accept(_ word: StaticString) -> Bool {
        guard bytes.count - position >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where bytes[position + offset] != word.utf8Start[offset] {
            return false
        }
        position += word.utf8CodeUnitCount
        return true
    }

    private mutating func skip(to word: StaticString, _ what: String) throws {
        while position < bytes.count {
            if accept(word) { return }
            position += 1
        }
        throw failure("the text ends inside \(what)")
    }

    private mutating func skipSpace() -> Bool {
        let begin = position
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
        return position > begin
    }

    private func plain(_ range: Range<Int>) throws -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw failure("text that is not UTF-8")
        }
        return text
    }

    /// Text with its entities replaced.
    private func decoded(_ range: Range<Int>) throws -> String {
        guard bytes[range].contains(UInt8(ascii: "&")) else { return try plain(range) }
        guard let text = MarkupText.decoded(try plain(range)) else { throw failure("an entity that is not known") }
        return text
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func isName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: ":")
    }
}
