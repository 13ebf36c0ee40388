import Foundation

/// The checked header of a safetensors file.
struct SafetensorsHeader {
    struct Entry {
        let type: SafetensorsFile.ElementType
        let shape: [Int]
        /// Bytes of the file.
        let range: Range<Int>
    }

    private(set) var metadata: [String: String] = [:]
    private(set) var entries: [String: Entry] = [:]

    private static let longestHeader = 100_000_000

    init(data: Data, path: String) throws {
        func damaged(_ reason: String) -> TensorFileError { .malformed(file: path, reason: reason) }
        guard data.count >= 8 else { throw damaged("shorter than a safetensors header") }
        let declared = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard declared <= Self.longestHeader, Int(declared) <= data.count - 8 else {
            throw damaged("the header claims \(declared) bytes, the file has \(data.count)")
        }
        let bodyStart = 8 + Int(declared)
        let text = data.subdata(in: (data.startIndex + 8)..<(data.startIndex + bodyStart))
        let fields: [String: Field]
        do {
            fields = try JSONDecoder().decode([String: Field].self, from: text)
        } catch {
            throw damaged("the header is not the expected JSON")
        }
        for (name, field) in fields {
            switch field {
            case .metadata(let pairs):
                guard name == "__metadata__" else { throw damaged("tensor '\(name)' has no type, shape or range") }
                metadata = pairs
            case .tensor(let tensor):
                guard let type = SafetensorsFile.ElementType(rawValue: tensor.dtype) else {
                    throw TensorFileError.unsupportedType(file: path, name: name, type: tensor.dtype)
                }
                guard let bytes = Self.byteCount(tensor.shape, elementSize: type.size) else {
                    throw damaged("tensor '\(name)' has the impossible shape \(tensor.shape)")
                }
                guard tensor.offsets.count == 2, tensor.offsets[0] >= 0, tensor.offsets[0] <= tensor.offsets[1],
                    tensor.offsets[1] <= data.count - bodyStart
                else { throw damaged("tensor '\(name)' lies outside the file, which may be truncated") }
                guard tensor.offsets[1] - tensor.offsets[0] == bytes else {
                    throw damaged("tensor '\(name)' of shape \(tensor.shape) does not fill its bytes")
                }
                entries[name] = Entry(
                    type: type, shape: tensor.shape,
                    range: (bodyStart + tensor.offsets[0])..<(bodyStart + tensor.offsets[1]))
            }
        }
        var end = bodyStart
        for (name, entry) in entries.sorted(by: { $0.value.range.lowerBound < $1.value.range.lowerBound })
        where !entry.range.isEmpty {
            guard entry.range.lowerBound >= end else { throw damaged("tensor '\(name)' overlaps another") }
            end = entry.range.upperBound
        }
    }

    private static func byteCount(_ shape: [Int], elementSize: Int) -> Int? {
        var bytes = elementSize
        for length in shape {
            guard length >= 0 else { return nil }
            let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            bytes = product
        }
        return bytes
    }

    private enum Field: Decodable {
        case metadata([String: String])
        case tensor(TensorField)

        init(from decoder: any Decoder) throws {
            if let tensor = try? TensorField(from: decoder) {
                self = .tensor(tensor)
            } else {
                self = .metadata(try [String: String](from: decoder))
            }
        }
    }

    private struct TensorField: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }
}
