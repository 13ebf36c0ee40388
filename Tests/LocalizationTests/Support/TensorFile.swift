import Foundation

/// The tensors of a safetensors file of a reference fixture; integers come as `Float` too.
///
/// Not the product's reader, on purpose: the numbers that our computations are compared with come by another way than the
/// weights, so that a fault of `SafetensorsFile` cannot hide itself.
struct TensorFile {
    struct Entry {
        let shape: [Int]
        let values: [Float]
    }

    private struct Header: Decodable {
        let dtype: String
        let shape: [Int]
        let dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case dataOffsets = "data_offsets"
        }
    }

    private(set) var entries: [String: Entry] = [:]

    init(_ url: URL) throws {
        let data = try Data(contentsOf: url)
        let length = Int(data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        let object = try JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: Any] ?? [:]
        for (name, value) in object where name != "__metadata__" {
            let header = try JSONDecoder().decode(Header.self, from: JSONSerialization.data(withJSONObject: value))
            let start = 8 + length + header.dataOffsets[0], end = 8 + length + header.dataOffsets[1]
            let values: [Float] = data[start..<end].withUnsafeBytes { bytes in
                switch header.dtype {
                case "F32":
                    return stride(from: 0, to: bytes.count, by: 4).map {
                        bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)
                    }
                case "I64":
                    return stride(from: 0, to: bytes.count, by: 8).map {
                        Float(bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self))
                    }
                default:
                    return []
                }
            }
            entries[name] = Entry(shape: header.shape, values: values)
        }
    }

    func values(_ name: String) throws -> [Float] {
        guard let entry = entries[name] else { throw MissingTensor(name: name) }
        return entry.values
    }

    func integers(_ name: String) throws -> [Int] { try values(name).map { Int($0) } }

    struct MissingTensor: Error { let name: String }
}
