import Files
import Foundation

/// Writes a safetensors file one tensor after the other, with only one of them in memory.
///
/// The header stands first and is known last, so the data goes to a nameless file meanwhile; ``finish(metadata:)`` puts header and
/// data together. A writer that is dropped before that leaves nothing behind.
public final class SafetensorsWriter {
    private let path: String
    private let output: AtomicFile
    private let data: NamelessFile
    private var names: Set<String> = []
    private var fields: [String] = []
    private var offset = 0

    /// - Parameter path: where the file goes; an older one is replaced.
    /// - Throws: `FileError.unwritable`.
    public init(path: String) throws {
        self.path = path
        output = try AtomicFile(path)
        data = try NamelessFile(near: path)
    }

    /// Appends a tensor as `F32`; each name may be used once.
    ///
    /// - Throws: `FileError.unwritable`.
    public func append(_ name: String, _ tensor: Tensor) throws {
        precondition(names.insert(name).inserted, "tensor '\(name)' is written twice")
        let end = offset + tensor.count * MemoryLayout<Float>.size
        try tensor.withElements { try data.write(UnsafeRawBufferPointer($0)) }
        let shape = tensor.shape.map(String.init).joined(separator: ",")
        fields.append(
            "\(try Self.json(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
        offset = end
    }

    /// Puts the file in place.
    ///
    /// - Parameter metadata: free text to store beside the tensors.
    /// - Throws: `FileError.unwritable`.
    public func finish(metadata: [String: String] = [:]) throws {
        let entries = metadata.isEmpty ? fields : ["\"__metadata__\":\(try Self.json(metadata))"] + fields
        var header = Data("{\(entries.joined(separator: ","))}".utf8)
        header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
        try output.write(withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) })
        try output.write(header)
        try data.read { try output.write($0) }
        try output.commit()
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
