import Files
import Foundation

/// A file of named tensors in the safetensors format: a JSON header with types, shapes and byte ranges, then the data.
///
/// The header is checked before anything is read: sizes must match shapes, and ranges must lie in the file without
/// overlap. Element types F32, F16, BF16 and F64 become `Float`; integer types are read with ``integers(named:)``.
public struct SafetensorsFile: Sendable {
    /// The type of the elements in the file.
    public enum ElementType: String, Codable, Sendable {
        case float32 = "F32"
        case float16 = "F16"
        case bfloat16 = "BF16"
        case float64 = "F64"
        case int64 = "I64"
        case int32 = "I32"
        case int16 = "I16"
        case int8 = "I8"
        case uint8 = "U8"
        case bool = "BOOL"

        /// Bytes an element takes.
        public var size: Int {
            switch self {
            case .float64, .int64: return 8
            case .float32, .int32: return 4
            case .float16, .bfloat16, .int16: return 2
            case .int8, .uint8, .bool: return 1
            }
        }
    }

    /// What the header says of one tensor.
    public struct Entry: Hashable, Sendable {
        public let type: ElementType
        /// Length of each axis.
        public let shape: [Int]
        fileprivate let range: Range<Int>
    }

    /// Where the file lies.
    public let path: String
    /// Free text stored beside the tensors.
    public let metadata: [String: String]
    /// The tensors by name.
    public let entries: [String: Entry]
    private let data: Data

    /// Opens a file and checks its header.
    ///
    /// - Throws: `FileError` or ``TensorFileError``
    public init(path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw FileError.notRead(path)
        }
        let header = try SafetensorsHeader(data: data, path: path)
        self.path = path
        self.data = data
        metadata = header.metadata
        entries = header.entries.mapValues { entry in
            Entry(type: entry.type, shape: entry.shape, range: entry.range)
        }
    }

    /// The names of the tensors, sorted.
    public var names: [String] { entries.keys.sorted() }

    /// A tensor as `Float`.
    ///
    /// - Throws: ``TensorFileError/missingTensor(file:name:)`` or ``TensorFileError/unsupportedType(file:name:type:)``
    public func tensor(named name: String) throws -> Tensor {
        let entry = try entry(named: name)
        let count = entry.shape.elementCount
        return try Tensor(entry.shape) { target in
            try data.withUnsafeBytes { bytes in
                let source = UnsafeRawBufferPointer(rebasing: bytes[entry.range])
                switch entry.type {
                case .float32:
                    for i in 0..<count { target[i] = source.loadUnaligned(fromByteOffset: 4 * i, as: Float.self) }
                case .float16:
                    for i in 0..<count {
                        target[i] = Float(source.loadUnaligned(fromByteOffset: 2 * i, as: Float16.self))
                    }
                case .bfloat16:
                    for i in 0..<count {
                        let bits = source.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                        target[i] = Float(bitPattern: UInt32(bits) << 16)
                    }
                case .float64:
                    for i in 0..<count {
                        target[i] = Float(source.loadUnaligned(fromByteOffset: 8 * i, as: Double.self))
                    }
                case .int64, .int32, .int16, .int8, .uint8, .bool:
                    throw TensorFileError.unsupportedType(file: path, name: name, type: entry.type.rawValue)
                }
            }
        }
    }

    /// The elements of an integer or boolean tensor in row-major order.
    ///
    /// - Throws: ``TensorFileError/missingTensor(file:name:)`` or ``TensorFileError/unsupportedType(file:name:type:)``
    public func integers(named name: String) throws -> [Int] {
        let entry = try entry(named: name)
        let count = entry.shape.elementCount
        return try data.withUnsafeBytes { bytes in
            let source = UnsafeRawBufferPointer(rebasing: bytes[entry.range])
            func all<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> [Int] {
                (0..<count).map {
                    Int(source.loadUnaligned(fromByteOffset: MemoryLayout<Value>.size * $0, as: Value.self))
                }
            }
            switch entry.type {
            case .int64: return all(Int64.self)
            case .int32: return all(Int32.self)
            case .int16: return all(Int16.self)
            case .int8: return all(Int8.self)
            case .uint8, .bool: return all(UInt8.self)
            case .float32, .float16, .bfloat16, .float64:
                throw TensorFileError.unsupportedType(file: path, name: name, type: entry.type.rawValue)
            }
        }
    }

    private func entry(named name: String) throws -> Entry {
        guard let entry = entries[name] else { throw TensorFileError.missingTensor(file: path, name: name) }
        return entry
    }

    // MARK: - Writing

    /// Writes tensors in the given order; see `AtomicFile`.
    ///
    /// - Parameters:
    ///   - tensors: names and values.
    ///   - path: where the file goes; an older one is replaced.
    ///   - type: `.float32` or `.float16`.
    ///   - metadata: free text to store beside them.
    ///   - durable: whether the finished file must outlast a power cut.
    /// - Throws: `FileError.unwritable`.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], to path: String, as type: ElementType = .float32,
        metadata: [String: String] = [:], durable: Bool = false
    ) throws {
        precondition(type == .float32 || type == .float16, "tensors are written as float32 or float16")
        var offset = 0
        var fields: [String] = []
        if !metadata.isEmpty { fields.append("\"__metadata__\":\(try jsonText(metadata, path: path))") }
        for (name, tensor) in tensors {
            let end = offset + tensor.count * type.size
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let key = try jsonText(name, path: path)
            fields.append(
                "\(key):{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Data("{\(fields.joined(separator: ","))}".utf8)
        // The data begins at a multiple of eight bytes, so that a mapped file is aligned.
        header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
        var data = Data(capacity: 8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(header)
        for (_, tensor) in tensors {
            tensor.withElements { elements in
                if type == .float32 {
                    data.append(contentsOf: UnsafeRawBufferPointer(elements))
                } else {
                    elements.map { Float16($0) }.withUnsafeBytes { data.append(contentsOf: $0) }
                }
            }
        }
        try AtomicFile.write(data, to: path, durable: durable)
    }

    private static func jsonText(_ value: some Encodable, path: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
