import Foundation

/// What the instructions of a pickle build: tensors, arrays and the few objects that checkpoints need.
extension PickleReader {
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

    mutating func call(_ function: Item, _ arguments: Item) throws -> Item {
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

    mutating func makeObject(of item: Item) throws {
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
    mutating func makeArray(_ state: Item) throws -> PickledArray {
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
    func setByteOrder(_ state: Item, of type: Reference<PickledNumberType>) throws {
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

    func storage(_ item: Item) throws -> Item {
        guard case .list(let list) = item, list.content.count >= 3, case .value(.string("storage")) = list.content[0],
            case .global(let type) = list.content[1], case .value(.string(let key)) = list.content[2],
            type.hasPrefix("torch ")
        else {
            throw refused("refers to something outside the file")
        }
        return .storage(type: String(type.dropFirst("torch ".count)), key: key)
    }

    /// The value of an item, once everything is built.
    mutating func convert(_ item: Item, depth: Int) throws -> PickleValue {
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
}

/// A type of numbers of NumPy and their byte order.
struct PickledNumberType {
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
