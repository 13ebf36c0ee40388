import Foundation

/// Reads the pickles of PyTorch checkpoints without executing anything.
///
/// A pickle is a program for a small stack machine that may call any function by name. This reader knows the
/// instructions that build dictionaries, lists, tuples, numbers, strings and tensors. Of named objects it knows ordered
/// dictionaries, counters, tensors, parameters and arrays of NumPy, which it builds itself; a call of anything else is refused by
/// name, whatever it is, or becomes an object of which only the name and the attributes are kept.
struct PickleReader {
    /// What is on the stack.
    enum Item {
        case value(PickleValue)
        case list(Reference<[Item]>)
        case dictionary(Reference<[(Item, Item)]>)
        case global(String)
        /// An object of a class that is not known, and its attributes once they were set.
        case object(String, Reference<[Item]>)
        case storage(type: String, key: String)
        case bytes(Data)
        case numberType(Reference<PickledNumberType>)
        case array(Reference<PickledArray?>)
        case mark
    }

    /// Lists and dictionaries are filled after they were put on the stack and remembered.
    final class Reference<Content> {
        var content: Content
        init(_ content: Content) { self.content = content }
    }

    let bytes: Data
    private let file: String
    let objects: UnknownObjects
    private var position: Int
    var stack: [Item] = []
    private var memo: [Int: Item] = [:]
    var converted = 0
    var arrayBytes = 0
    var textBytes = 0
    private var lists: [Reference<[Item]>] = []
    private var dictionaries: [Reference<[(Item, Item)]>] = []

    /// - Parameters:
    ///   - file: for errors.
    ///   - objects: what becomes of objects of classes that are not known.
    init(_ bytes: Data, file: String, objects: UnknownObjects = .refused) {
        self.bytes = bytes
        self.file = file
        self.objects = objects
        position = bytes.startIndex
    }

    /// Runs the program to its end and gives what it built.
    ///
    /// - Throws: ``TensorFileError/malformed(file:reason:)``, or ``TensorFileError/refused(file:reason:)`` for a pickle that
    ///   wants to call what a checkpoint has no use for.
    mutating func read() throws -> PickleValue {
        // Emptied one by one, because releasing what a hostile pickle nests without end would recurse as deep, and what it
        // puts into itself would never be released.
        defer {
            for list in lists { list.content = [] }
            for dictionary in dictionaries { dictionary.content = [] }
        }
        while true {
            let instruction = try byte()
            if instruction == UInt8(ascii: ".") { break }
            try execute(instruction)
        }
        let result = try pop()
        return try convert(result, depth: 0)
    }

    /// The position after the pickle.
    var end: Int { position }

    // MARK: - Instructions

    private mutating func execute(_ instruction: UInt8) throws {
        switch instruction {
        case 0x80:
            let version = try byte()
            guard version <= 5 else { throw damaged("pickle protocol \(version) is not known") }
        case 0x95: _ = try take(8)
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.bool(true))
        case 0x89: push(.bool(false))
        case UInt8(ascii: "K"): push(.integer(Int(try byte())))
        case UInt8(ascii: "M"): push(.integer(try unsigned(2)))
        case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
        case 0x8A: try pushLong(count: Int(try byte()))
        case 0x8B: try pushLong(count: try unsigned(4))
        case UInt8(ascii: "G"): push(.number(try double()))
        case UInt8(ascii: "X"): push(.string(try text(try unsigned(4))))
        case 0x8C: push(.string(try text(Int(try byte()))))
        case 0x8D: push(.string(try text(try unsigned(8))))
        case UInt8(ascii: "U"): push(.string(try text(Int(try byte()))))
        case UInt8(ascii: "T"): push(.string(try text(try unsigned(4))))
        case UInt8(ascii: "B"): try pushBytes(try unsigned(4))
        case UInt8(ascii: "C"): try pushBytes(Int(try byte()))
        case 0x8E, 0x96: try pushBytes(try unsigned(8))
        case 0x97, 0x98: throw refused("keeps its arrays outside the file")
        case UInt8(ascii: "]"): stack.append(makeList([]))
        case UInt8(ascii: "}"): stack.append(makeDictionary([]))
        case UInt8(ascii: ")"): stack.append(makeList([]))
        case UInt8(ascii: "t"), UInt8(ascii: "l"):
            let items = try popToMark()
            stack.append(makeList(items))
        case UInt8(ascii: "d"):
            let items = try popToMark()
            stack.append(makeDictionary(try pairs(items)))
        case 0x85, 0x86, 0x87:
            let items = try (0..<(Int(instruction) - 0x84)).map { _ in try pop() }
            stack.append(makeList(items.reversed()))
        case UInt8(ascii: "a"):
            let item = try pop()
            try append([item])
        case UInt8(ascii: "e"):
            let items = try popToMark()
            try append(items)
        case UInt8(ascii: "s"):
            let value = try pop(), key = try pop()
            try insert([(key, value)])
        case UInt8(ascii: "u"):
            let items = try popToMark()
            try insert(try pairs(items))
        case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
        case UInt8(ascii: "r"): memo[try unsigned(4)] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): try recall(Int(try byte()))
        case UInt8(ascii: "j"): try recall(try unsigned(4))
        case UInt8(ascii: "c"): stack.append(.global("\(try line()) \(try line())"))
        case 0x93:
            guard case .value(.string(let name)) = try pop(), case .value(.string(let module)) = try pop() else {
                throw damaged("a name is not text")
            }
            stack.append(.global("\(module) \(name)"))
        case UInt8(ascii: "Q"):
            let identifier = try pop()
            stack.append(try storage(identifier))
        case UInt8(ascii: "R"):
            let arguments = try pop()
            let function = try pop()
            stack.append(try call(function, arguments))
        case UInt8(ascii: "b"):
            let state = try pop()
            switch try top() {
            // The attributes of ordered dictionaries are version numbers of no interest.
            case .dictionary: break
            case .numberType(let type): try setByteOrder(state, of: type)
            case .array(let array): array.content = try makeArray(state)
            case .object(_, let attributes): attributes.content = [state]
            default: throw refused("sets the state of an object")
            }
        case 0x81 where objects == .kept:
            _ = try pop()
            try makeObject(of: try pop())
        case 0x92 where objects == .kept:
            _ = (try pop(), try pop())
            try makeObject(of: try pop())
        case UInt8(ascii: "i"), UInt8(ascii: "o"), 0x81, 0x92: throw refused("makes an object of a class")
        case 0x82, 0x83, 0x84: throw refused("uses an extension")
        case UInt8(ascii: "P"): throw refused("refers to something outside the file")
        default:
            throw damaged(
                "instruction \(instruction) at byte \(position - bytes.startIndex - 1) is not one of checkpoints")
        }
    }

    // MARK: - Stack

    mutating func makeList(_ items: [Item]) -> Item {
        lists.append(Reference(items))
        return .list(lists[lists.count - 1])
    }

    mutating func makeDictionary(_ entries: [(Item, Item)]) -> Item {
        dictionaries.append(Reference(entries))
        return .dictionary(dictionaries[dictionaries.count - 1])
    }

    private mutating func push(_ value: PickleValue) { stack.append(.value(value)) }

    private mutating func pop() throws -> Item {
        guard let item = stack.popLast() else { throw damaged("its stack runs empty") }
        if case .mark = item { throw damaged("a mark where a value should be") }
        return item
    }

    private func top() throws -> Item {
        guard let item = stack.last else { throw damaged("its stack runs empty") }
        if case .mark = item { throw damaged("a mark where a value should be") }
        return item
    }

    private mutating func popToMark() throws -> [Item] {
        guard let mark = stack.lastIndex(where: { if case .mark = $0 { true } else { false } }) else {
            throw damaged("a mark is missing")
        }
        let items = Array(stack[(mark + 1)...])
        stack.removeSubrange(mark...)
        return items
    }

    private func pairs(_ items: [Item]) throws -> [(Item, Item)] {
        guard items.count % 2 == 0 else { throw damaged("a key without a value") }
        return stride(from: 0, to: items.count, by: 2).map { (items[$0], items[$0 + 1]) }
    }

    /// What is put into an object of a class that is not known is left out.
    private func append(_ items: [Item]) throws {
        if case .object = try top() { return }
        guard case .list(let list) = try top() else { throw damaged("elements of what is no list") }
        list.content += items
    }

    private func insert(_ entries: [(Item, Item)]) throws {
        if case .object = try top() { return }
        guard case .dictionary(let dictionary) = try top() else { throw damaged("entries of what is no dictionary") }
        dictionary.content += entries
    }

    private mutating func recall(_ index: Int) throws {
        guard let item = memo[index] else { throw damaged("the memo has no entry \(index)") }
        stack.append(item)
    }

    // MARK: - Bytes

    private mutating func byte() throws -> UInt8 { try take(1)[0] }

    private mutating func take(_ count: Int) throws -> [UInt8] {
        guard count >= 0, count <= bytes.endIndex - position else { throw damaged("the pickle is cut off") }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    /// A little-endian number; too large ones are refused with the bytes they would count.
    private mutating func unsigned(_ count: Int) throws -> Int {
        let value = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let result = Int(exactly: value) else { throw damaged("a length of \(value) bytes") }
        return result
    }

    private mutating func double() throws -> Double {
        Double(bitPattern: try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private mutating func text(_ count: Int) throws -> String { String(decoding: try take(count), as: UTF8.self) }

    private mutating func pushBytes(_ count: Int) throws {
        guard count >= 0, count <= bytes.endIndex - position else { throw damaged("the pickle is cut off") }
        // Not copied, since an array may be nearly all of the file.
        stack.append(.bytes(bytes[position..<(position + count)]))
        position += count
    }

    /// A little-endian number in two's complement; one that does not fit a word has no use here and becomes inexact.
    private mutating func pushLong(count: Int) throws {
        let digits = try take(count)
        guard digits.count <= 8 else {
            let sign = digits.last.map { $0 & 0x80 != 0 } ?? false
            let magnitude = digits.reversed().reduce(0.0) { $0 * 256 + Double(sign ? ~$1 : $1) }
            return push(.number(sign ? -magnitude - 1 : magnitude))
        }
        let fill: UInt64 = digits.last.map { $0 & 0x80 != 0 } ?? false ? .max : 0
        let bits = digits.reversed().reduce(fill) { $0 << 8 | UInt64($1) }
        push(.integer(Int(Int64(bitPattern: bits))))
    }

    private mutating func line() throws -> String {
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) else {
            throw damaged("a name without end")
        }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    func damaged(_ reason: String) -> TensorFileError { .malformed(file: file, reason: reason) }
    func refused(_ reason: String) -> TensorFileError { .refused(file: file, reason: reason) }
}
