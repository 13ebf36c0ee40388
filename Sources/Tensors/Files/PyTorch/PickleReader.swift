import Foundation

/// Reads the pickles of PyTorch checkpoints without executing anything.
///
/// A pickle is a program for a small stack machine that may call any function by name. This reader knows the
/// instructions that build dictionaries, lists, tuples, numbers, strings and tensors. Of named objects it knows ordered
/// dictionaries, counters, tensors, parameters and arrays of NumPy, which it builds itself; a call of anything else is refused by
/// name, whatever it is, or becomes an object of which only the name and the attributes are kept.
struct PickleReader {
    /// What is on the stack.
    private enum Item {
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
    private final class Reference<Content> {
        var content: Content
        init(_ content: Content) { self.content = content }
    }

    private static let orderedDictionary = "collections OrderedDict"
    private static let counter = "collections Counter"
    private static let rebuildTensor = "torch._utils _rebuild_tensor_v2"
    /// The calls of NumPy, which renamed its modules in version 2.
    private static let arrayModules = ["numpy.core", "numpy._core"]
    private static let encode = "_codecs encode"
    private static let rebuildParameter = "torch._utils _rebuild_parameter"
    /// Deeper than any checkpoint; a pickle can nest, or refer to itself, without end.
    private static let deepestNesting = 64
    /// More values than any checkpoint holds; shared parts can multiply a small file without end.
    private static let mostValues = 5_000_000

    private let bytes: Data
    private let file: String
    private let objects: UnknownObjects
    private var position: Int
    private var stack: [Item] = []
    private var memo: [Int: Item] = [:]
    private var converted = 0
    private var arrayBytes = 0
    private var textBytes = 0
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

    private mutating func call(_ function: Item, _ arguments: Item) throws -> Item {
        guard case .global(let name) = function else { throw damaged("a call of what is no function") }
        guard case .list(let list) = arguments else { throw damaged("a call without arguments") }
        let arguments = list.content
        switch name {
        case Self.orderedDictionary:
            guard arguments.isEmpty else { throw damaged("an ordered dictionary made from something") }
            return makeDictionary([])
        case Self.counter:
            // The milestones of a learning rate schedule.
            guard arguments.count == 1, case .dictionary = arguments[0] else {
                throw damaged("a counter made from something else than a dictionary")
            }
            return arguments[0]
        case Self.rebuildTensor:
            return .value(.tensor(try tensor(arguments)))
        case Self.rebuildParameter:
            guard let first = arguments.first, case .value(.tensor) = first else {
                throw damaged("a parameter without a tensor")
            }
            return first
        case Self.encode:
            // How the second protocol keeps bytes: a text of their numbers.
            guard arguments.count == 2, case .value(.string(let text)) = arguments[0],
                case .value(.string("latin1")) = arguments[1]
            else { throw damaged("bytes made from something else than text") }
            textBytes += text.utf8.count
            guard textBytes <= bytes.count else { throw refused("repeats its parts without end") }
            return .bytes(try latin1(text))
        case "numpy dtype":
            guard case .value(.string(let code))? = arguments.first, let type = NumberType.parse(code)?.type else {
                throw refused("holds an array of something else than numbers")
            }
            return .numberType(Reference(PickledNumberType(type: type)))
        case _ where Self.arrayModules.contains { name == $0 + ".multiarray _reconstruct" }:
            guard case .global("numpy ndarray")? = arguments.first else {
                throw refused("holds an array of a class of its own")
            }
            return .array(Reference(nil))
        case _ where Self.arrayModules.contains { name == $0 + ".multiarray scalar" }:
            guard arguments.count == 2, case .numberType(let type) = arguments[0], let bytes = data(arguments[1]),
                let number = type.content.tensor(of: bytes, shape: [])
            else { throw damaged("a number without its bytes") }
            return .value(.number(Double(number.elements[0])))
        case _ where Self.arrayModules.contains { name == $0 + ".numeric _frombuffer" }:
            guard arguments.count == 4, let bytes = data(arguments[0]), case .numberType(let type) = arguments[1],
                let shape = integers(arguments[2]), case .value(.string(let order)) = arguments[3]
            else { throw damaged("an array without bytes, type and shape") }
            return .array(Reference(try makeArray(type.content, bytes, shape, isColumnMajor: order == "F")))
        default:
            guard objects == .kept else { throw refused("calls '\(name.replacing(" ", with: "."))'") }
            return makeObject(named: name)
        }
    }

    /// Stands for what a class would have made.
    private mutating func makeObject(named name: String) -> Item {
        guard case .list(let attributes) = makeList([]) else { return .value(.none) }
        return .object(name, attributes)
    }

    private mutating func makeObject(of item: Item) throws {
        guard case .global(let name) = item else { throw damaged("an object of what is no class") }
        stack.append(makeObject(named: name))
    }

    private func tensor(_ arguments: [Item]) throws -> PickledTensor {
        guard arguments.count >= 4, case .storage(let type, let key) = arguments[0],
            case .value(.integer(let offset)) = arguments[1], let shape = integers(arguments[2]),
            let strides = integers(arguments[3]), shape.count == strides.count, offset >= 0,
            (shape + strides).allSatisfy({ $0 >= 0 })
        else {
            throw damaged("a tensor without storage, offset, shape and strides")
        }
        return PickledTensor(storage: key, storageType: type, offset: offset, shape: shape, strides: strides)
    }

    /// The state of an array: a version, the shape, the type, whether columns come first, the elements.
    private mutating func makeArray(_ state: Item) throws -> PickledArray {
        guard case .list(let list) = state, list.content.count >= 4 else { throw damaged("an array without a state") }
        let fields = list.content.suffix(4)
        guard let shape = integers(fields[fields.startIndex]),
            case .numberType(let type) = fields[fields.startIndex + 1],
            case .value(.bool(let isColumnMajor)) = fields[fields.startIndex + 2],
            let bytes = data(fields[fields.startIndex + 3])
        else { throw refused("holds an array of something else than numbers") }
        return try makeArray(type.content, bytes, shape, isColumnMajor: isColumnMajor)
    }

    private mutating func makeArray(
        _ type: PickledNumberType, _ bytes: Data, _ shape: [Int], isColumnMajor: Bool
    ) throws -> PickledArray {
        // The same bytes again and again would let a small file ask for any amount of memory.
        arrayBytes += bytes.count
        guard arrayBytes <= self.bytes.count else { throw refused("repeats its parts without end") }
        guard shape.allSatisfy({ $0 >= 0 }), let tensor = type.tensor(of: bytes, shape: shape) else {
            throw damaged("an array of shape \(shape) without its elements")
        }
        let isTurned = isColumnMajor && shape.count > 1
        return PickledArray(shape: shape, tensor: isTurned ? NpyFile.rowMajor(tensor, shape: shape) : tensor)
    }

    /// The state of a type of numbers: a version, `<` or `>`, and what only structures need.
    private func setByteOrder(_ state: Item, of type: Reference<PickledNumberType>) throws {
        guard case .list(let list) = state, list.content.count >= 2, case .value(.string(let order)) = list.content[1]
        else { throw damaged("a type of numbers without byte order") }
        type.content.isBigEndian = order == ">"
    }

    /// Bytes, or the text that Python 2 had in their place.
    private func data(_ item: Item) -> Data? {
        switch item {
        case .bytes(let data): data
        case .value(.string(let text)): try? latin1(text)
        default: nil
        }
    }

    private func latin1(_ text: String) throws -> Data {
        var data = Data(capacity: text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value < 256 else { throw damaged("bytes that are no bytes") }
            data.append(UInt8(scalar.value))
        }
        return data
    }

    private func integers(_ item: Item) -> [Int]? {
        guard case .list(let list) = item else { return nil }
        var integers: [Int] = []
        for element in list.content {
            guard case .value(.integer(let value)) = element else { return nil }
            integers.append(value)
        }
        return integers
    }

    private func storage(_ item: Item) throws -> Item {
        guard case .list(let list) = item, list.content.count >= 3, case .value(.string("storage")) = list.content[0],
            case .global(let type) = list.content[1], case .value(.string(let key)) = list.content[2],
            type.hasPrefix("torch ")
        else {
            throw refused("refers to something outside the file")
        }
        return .storage(type: String(type.dropFirst("torch ".count)), key: key)
    }

    // MARK: - Stack

    private mutating func makeList(_ items: [Item]) -> Item {
        lists.append(Reference(items))
        return .list(lists[lists.count - 1])
    }

    private mutating func makeDictionary(_ entries: [(Item, Item)]) -> Item {
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

    // MARK: - Result

    private mutating func convert(_ item: Item, depth: Int) throws -> PickleValue {
        converted += 1
        guard depth < Self.deepestNesting, converted < Self.mostValues else {
            throw refused("nests or repeats its parts without end")
        }
        switch item {
        case .value(let value): return value
        case .list(let list): return .list(try list.content.map { try convert($0, depth: depth + 1) })
        case .dictionary(let dictionary):
            return .dictionary(
                try dictionary.content.map {
                    (key: try convert($0, depth: depth + 1), value: try convert($1, depth: depth + 1))
                })
        case .global(let name): return .unknown(name)
        case .object(let name, let attributes):
            return .object(name, try attributes.content.first.map { try convert($0, depth: depth + 1) } ?? .none)
        case .storage(_, let key): return .unknown("storage \(key)")
        case .bytes: return .unknown("bytes")
        case .numberType: return .unknown("numpy dtype")
        case .array(let array):
            guard let array = array.content else { throw damaged("an array without elements") }
            return .array(array)
        case .mark: throw damaged("a mark where a value should be")
        }
    }

    private func damaged(_ reason: String) -> TensorFileError { .malformed(file: file, reason: reason) }
    private func refused(_ reason: String) -> TensorFileError { .refused(file: file, reason: reason) }
}

/// A type of numbers of NumPy and their byte order.
private struct PickledNumberType {
    var type: NumberType
    var isBigEndian = false

    /// The array that bytes hold; nil where their number is another.
    func tensor(of bytes: Data, shape: [Int]) -> Tensor? {
        var count = type.byteCount
        for length in shape {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            guard !overflows else { return nil }
            count = product
        }
        guard count == bytes.count else { return nil }
        return bytes.withUnsafeBytes { source in
            Tensor(shape) { type.decode(source, isBigEndian: isBigEndian, into: $0) }
        }
    }
}
