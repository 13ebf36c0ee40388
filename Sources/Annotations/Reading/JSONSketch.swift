import Files

/// The keys at the beginning of a JSON text, which identify the layout. A text that is cut or broken gives the keys before that.
struct JSONSketch {
    enum Top { case object, array, other }

    private(set) var top = Top.other
    /// The keys of objects inside this many others (lists count too).
    private(set) var keys: [Set<String>] = Array(repeating: [], count: deepest)

    private static let deepest = 8
    private static let keysKept = 500
    private static let valuesRead = 20_000
    private var values = 0

    init(_ bytes: [UInt8], path: String) {
        var json = JSONReader(ByteSource(bytes: bytes, path: path))
        switch try? json.peek() {
        case .object: top = .object
        case .array: top = .array
        default: return
        }
        // What follows the cut is no fault: the sketch ends there.
        try? read(&json, depth: 0)
    }

    private mutating func read(_ json: inout JSONReader, depth: Int) throws {
        values += 1
        guard values < Self.valuesRead else { return try json.skipValue() }
        switch try json.peek() {
        case .object where depth < Self.deepest:
            try json.beginObject()
            while try json.nextKey() {
                if keys[depth].count < Self.keysKept { keys[depth].insert(try json.tokenText()) }
                try read(&json, depth: depth + 1)
            }
        case .array where depth < Self.deepest:
            try json.beginArray()
            while try json.nextElement() { try read(&json, depth: depth + 1) }
        default: try json.skipValue()
        }
    }

    /// Whether all of these are keys of the object at the top.
    func has(_ names: String...) -> Bool { top == .object && names.allSatisfy(keys[0].contains) }

    /// Whether all of these are keys of objects at this depth.
    func has(atDepth depth: Int, _ names: String...) -> Bool { names.allSatisfy(keys[depth].contains) }

    /// Whether this is a key anywhere.
    func mentions(_ name: String) -> Bool { keys.contains { $0.contains(name) } }
}
