import Foundation

/// Writes a safetensors file one tensor after the other, with only one of them in memory.
///
/// The data goes to a file beside the target; ``finish(metadata:)`` puts header and data together and renames the result.
/// A writer that is dropped before that leaves nothing behind.
public final class SafetensorsWriter {
    private let path: String
    private let dataPath: String
    private let data: FileHandle
    private var names: Set<String> = []
    private var fields: [String] = []
    private var offset = 0
    private static let chunk = 1 << 20

    /// - Parameter path: where the file goes; an older one is replaced.
    /// - Throws: ``TensorFileError/inaccessible(file:reason:)``
    public init(path: String) throws(TensorFileError) {
        self.path = path
        dataPath = path + ".\(ProcessInfo.processInfo.processIdentifier).data.tmp"
        guard FileManager.default.createFile(atPath: dataPath, contents: nil),
            let data = FileHandle(forWritingAtPath: dataPath)
        else { throw .inaccessible(file: path, reason: "cannot be written") }
        self.data = data
    }

    deinit {
        try? data.close()
        try? FileManager.default.removeItem(atPath: dataPath)
    }

    /// Appends a tensor as `F32`; each name may be used once.
    ///
    /// - Throws: ``TensorFileError/inaccessible(file:reason:)``
    public func append(_ name: String, _ tensor: Tensor) throws(TensorFileError) {
        precondition(names.insert(name).inserted, "tensor '\(name)' is written twice")
        let end = offset + tensor.count * MemoryLayout<Float>.size
        do {
            try tensor.withElements { try data.write(contentsOf: Data($0.withMemoryRebound(to: UInt8.self) { $0 })) }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            fields.append(
                "\(try Self.json(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
        } catch {
            throw unwritable
        }
        offset = end
    }

    /// Puts the file in place.
    ///
    /// - Parameter metadata: free text to store beside the tensors.
    /// - Throws: ``TensorFileError/inaccessible(file:reason:)``
    public func finish(metadata: [String: String] = [:]) throws(TensorFileError) {
        let whole = path + ".\(ProcessInfo.processInfo.processIdentifier).tmp"
        defer { try? FileManager.default.removeItem(atPath: whole) }
        do {
            let entries = metadata.isEmpty ? fields : ["\"__metadata__\":\(try Self.json(metadata))"] + fields
            var header = Data("{\(entries.joined(separator: ","))}".utf8)
            header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
            guard FileManager.default.createFile(atPath: whole, contents: nil),
                let target = FileHandle(forWritingAtPath: whole), let source = FileHandle(forReadingAtPath: dataPath)
            else { throw unwritable }
            defer {
                try? target.close()
                try? source.close()
            }
            try target.write(contentsOf: withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) })
            try target.write(contentsOf: header)
            while let part = try source.read(upToCount: Self.chunk), !part.isEmpty {
                try target.write(contentsOf: part)
            }
            try target.synchronize()
            guard rename(whole, path) == 0 else { throw unwritable }
        } catch {
            throw unwritable
        }
    }

    private var unwritable: TensorFileError { .inaccessible(file: path, reason: "cannot be written") }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
