import Files

/// A JSON value in memory, for files of labelling tools, which are small. Data sets are read with ``JSONReader`` alone.
indirect enum JSONTree {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONTree])
    /// In the order of the text.
    case object([(key: String, value: JSONTree)])

    /// Reads the next value.
    init(_ json: inout JSONReader) throws {
        switch try json.peek() {
        case .object:
            var members: [(key: String, value: JSONTree)] = []
            try json.beginObject()
            while try json.nextKey() {
                let key = try json.tokenText()
                members.append((key, try JSONTree(&json)))
            }
            self = .object(members)
        case .array:
            var elements: [JSONTree] = []
            try json.beginArray()
            while try json.nextElement() { elements.append(try JSONTree(&json)) }
            self = .array(elements)
        case .string:
            try json.readString()
            self = .string(try json.tokenText())
        case .number: self = .number(try json.readNumber())
        case .boolean: self = .boolean(try json.readBoolean())
        case .null:
            try json.readWord()
            self = .null
        case .end: throw json.failure("the text ends where a value is expected")
        }
    }

    /// The value of a key; nil where there is none, or where this is no object.
    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The elements of a list; empty for anything else.
    var elements: [JSONTree] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The members of an object; empty for anything else.
    var members: [(key: String, value: JSONTree)] {
        if case .object(let members) = self { members } else { [] }
    }

    var isObject: Bool {
        if case .object = self { true } else { false }
    }

    /// A string; nil for anything else.
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A string, or a number as text; nil for anything else.
    var text: String? {
        switch self {
        case .string(let text): text
        case .number(let number): JSONTree.text(of: number)
        default: nil
        }
    }

    /// A number, or text that is one; nil for anything else.
    var number: Double? {
        switch self {
        case .number(let number): number
        case .string(let text): TimeText.number(text)
        default: nil
        }
    }

    /// Seconds: a number, or text such as `00:12.5`; nil for anything else.
    var seconds: Double? {
        switch self {
        case .number(let number): number
        case .string(let text): TimeText.seconds(text)
        default: nil
        }
    }

    /// A whole number without a point, any other with as many digits as it needs.
    static func text(of number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }
}
