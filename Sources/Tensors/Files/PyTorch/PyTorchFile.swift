import Foundation

/// A checkpoint written by PyTorch: a zip archive with a pickle and the storages of its tensors, or the older layout of
/// several pickles and the storages one after the other.
///
/// Nothing in the file is executed; see `PickleReader`. The code in a TorchScript archive is not even read. Float storages
/// of 16, 32 and 64 bits, bfloat16 included, become `Float`.
public struct PyTorchFile: Sendable {
    /// Where the file lies.
    public let path: String
    /// What was saved.
    public let content: PickleValue
    private let storages: [String: Data]

    /// Opens a file and reads all but its tensors.
    ///
    /// - Parameters:
    ///   - path: where the file lies.
    ///   - unknownObjects: what becomes of objects of classes that are not known.
    /// - Throws: ``TensorFileError``
    public init(path: String, unknownObjects: UnknownObjects = .refused) throws {
        let data = try ZipArchive.map(path)
        self.path = path
        if data.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            (content, storages) = try Self.readArchive(data, path: path, unknownObjects)
        } else {
            (content, storages) = try Self.readSequence(data, path: path, unknownObjects)
        }
    }

    private static func readArchive(
        _ data: Data, path: String, _ objects: UnknownObjects
    ) throws -> (PickleValue, [String: Data]) {
        let archive = try ZipArchive(data, file: path)
        guard let pickle = archive.names.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) else {
            throw TensorFileError.malformed(
                file: path, reason: "the archive has no data.pkl, so PyTorch did not write it")
        }
        let root = String(pickle.dropLast("data.pkl".count))
        if archive.names.contains(root + "byteorder") {
            let order = String(decoding: try archive.bytes(of: root + "byteorder"), as: UTF8.self)
            guard order == "little" else {
                throw TensorFileError.malformed(file: path, reason: "byte order '\(order)' is not read")
            }
        }
        var reader = PickleReader(try archive.bytes(of: pickle), file: path, objects: objects)
        let content = try reader.read()
        var storages: [String: Data] = [:]
        for name in archive.names where name.hasPrefix(root + "data/") {
            storages[String(name.dropFirst(root.count + "data/".count))] = try archive.bytes(of: name)
        }
        return (content, storages)
    }

    /// The layout before PyTorch 1.6: a magic number, a version, the sizes of types, the content, the names of the storages
    /// (each a pickle), then the number of elements and the elements of every storage.
    private static func readSequence(
        _ data: Data, path: String, _ objects: UnknownObjects
    ) throws -> (PickleValue, [String: Data]) {
        func damaged(_ reason: String) -> TensorFileError { .malformed(file: path, reason: reason) }
        var position = data.startIndex
        func next() throws -> PickleValue {
            var reader = PickleReader(data[position...], file: path, objects: objects)
            defer { position = reader.end }
            return try reader.read()
        }
        guard data.starts(with: [0x80, 0x02, 0x8A, 0x0A]) else { throw damaged("PyTorch did not write it") }
        _ = try next()
        guard case .integer(1001) = try next() else { throw damaged("its version is not known") }
        guard case .bool(true)? = try next()["little_endian"] else { throw damaged("its byte order is not read") }
        let content = try next()
        guard case .list(let keys) = try next() else { throw damaged("the names of its storages are missing") }
        let sizes = Self.elementSizes(in: content)
        var storages: [String: Data] = [:]
        for key in keys {
            guard case .string(let key) = key, data.endIndex - position >= 8 else { throw damaged("it is cut off") }
            let count = data[position..<(position + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            position += 8
            // A storage that no tensor uses has a type that is not known, so what follows it cannot be found.
            guard let size = sizes[key] else { throw damaged("storage '\(key)' belongs to no tensor") }
            guard count <= UInt64((data.endIndex - position) / size) else { throw damaged("it is cut off") }
            let end = position + Int(count) * size
            storages[key] = data[position..<end]
            position = end
        }
        return (content, storages)
    }

    private static func elementSizes(in value: PickleValue) -> [String: Int] {
        switch value {
        case .tensor(let tensor): return [tensor.storage: elementSize(of: tensor.storageType) ?? 1]
        case .list(let list): return list.reduce(into: [:]) { $0.merge(elementSizes(in: $1)) { first, _ in first } }
        case .dictionary(let entries):
            return entries.reduce(into: [:]) { $0.merge(elementSizes(in: $1.value)) { first, _ in first } }
        case .object(_, let attributes): return elementSizes(in: attributes)
        default: return [:]
        }
    }

    private static func elementSize(of storageType: String) -> Int? { numberType(of: storageType)?.byteCount }

    private static func numberType(of storageType: String) -> NumberType? {
        switch storageType {
        case "DoubleStorage": .float64
        case "FloatStorage": .float32
        case "HalfStorage": .float16
        case "BFloat16Storage": .bfloat16
        case "LongStorage": .int64
        case "IntStorage": .int32
        case "ShortStorage": .int16
        case "CharStorage": .int8
        case "ByteStorage": .uint8
        case "BoolStorage": .bool
        default: nil
        }
    }

    /// The elements of a tensor, in row-major order whatever their order in the file.
    ///
    /// - Parameters:
    ///   - tensor: its place and shape in the file.
    ///   - name: for errors.
    ///   - allowingIntegers: whether whole numbers are read too, as `Float`; weights never are any.
    /// - Throws: ``TensorFileError``
    public func tensor(_ tensor: PickledTensor, name: String, allowingIntegers: Bool = false) throws -> Tensor {
        func damaged(_ reason: String) -> TensorFileError {
            .malformed(file: path, reason: "tensor '\(name)' \(reason)")
        }
        guard let type = Self.numberType(of: tensor.storageType),
            allowingIntegers || [.float64, .float32, .float16, .bfloat16].contains(type)
        else {
            throw TensorFileError.unsupportedType(file: path, name: name, type: tensor.storageType)
        }
        let size = type.byteCount
        guard let storage = storages[tensor.storage] else { throw damaged("has no storage") }
        var count = 1, last = tensor.offset
        for (length, stride) in zip(tensor.shape, tensor.strides) {
            let (product, overflows) = count.multipliedReportingOverflow(by: length)
            let (reach, reachOverflows) = stride.multipliedReportingOverflow(by: max(length - 1, 0))
            let (sum, sumOverflows) = last.addingReportingOverflow(reach)
            guard !overflows, !reachOverflows, !sumOverflows else { throw damaged("is too large") }
            (count, last) = (product, sum)
        }
        // A stride of 0 would let a small file ask for any amount of memory.
        guard count == 0 || (last < storage.count / size && count <= storage.count / size) else {
            throw damaged("reaches beyond its storage")
        }
        return Tensor(tensor.shape) { target in
            guard count > 0 else { return }
            storage.withUnsafeBytes { bytes in
                if Self.isDense(tensor) {
                    Self.copy(bytes, from: tensor.offset, type: type, to: target)
                    return
                }
                var index = [Int](repeating: 0, count: tensor.shape.count)
                var source = tensor.offset
                for element in 0..<count {
                    target[element] = type.value(bytes, at: source)
                    for axis in index.indices.reversed() {
                        index[axis] += 1
                        // Wraps round, since a step past the end of an axis is taken back at once.
                        source &+= tensor.strides[axis]
                        guard index[axis] == tensor.shape[axis] else { break }
                        source &-= tensor.strides[axis] &* tensor.shape[axis]
                        index[axis] = 0
                    }
                }
            }
        }
    }

    /// Whether the elements lie one after the other in row-major order.
    private static func isDense(_ tensor: PickledTensor) -> Bool {
        var expected = 1
        for (length, stride) in zip(tensor.shape, tensor.strides).reversed() {
            guard length == 1 || stride == expected else { return false }
            expected *= length
        }
        return true
    }

    /// Elements that lie one after the other, which is how all but a few are stored.
    private static func copy(
        _ bytes: UnsafeRawBufferPointer, from first: Int, type: NumberType, to target: UnsafeMutableBufferPointer<Float>
    ) {
        if type == .float32 {
            let part = bytes[4 * first..<4 * (first + target.count)]
            UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        } else {
            for index in target.indices { target[index] = type.value(bytes, at: first + index) }
        }
    }
}
