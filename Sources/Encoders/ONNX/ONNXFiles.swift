import Files
import Foundation

/// The files that make a model in ONNX's format: the `.onnx` file, and those beside it in which large weights may lie.
enum ONNXFiles {
    /// SHA-256 of the model; of the digests of all its files where weights lie beside it.
    ///
    /// - Throws: `FileError`
    static func digest(_ path: String) throws -> String {
        let own = try FileDigest.sha256(ofFile: path)
        let folder = DurableFile.parent(of: path)
        let others = try externalFiles(path).sorted().map { name in
            // ONNX Runtime refuses to leave the folder as well.
            guard !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else {
                throw FileError.malformed(path: path, problem: "keeps weights in '\(name)', outside of its folder")
            }
            return try FileDigest.sha256(ofFile: (folder as NSString).appendingPathComponent(name))
        }
        return others.isEmpty ? own : FileDigest.sha256(of: ([own] + others).joined())
    }

    /// The files in which tensors of the model lie, by the locations that it gives (ONNX IR: a `TensorProto` has in field 13
    /// entries of key and value, of which `location` is the path of a file beside the model).
    static func externalFiles(_ path: String) throws -> Set<String> {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            throw exists ? FileError.unreadable(path: path, reason: "reading failed") : FileError.missing(path: path)
        }
        var found: Set<String> = []
        data.withUnsafeBytes { bytes in
            ProtobufMessage(bytes[...]).forEach { field, model in
                if field == 7 { collect(graph: model, depth: 0, into: &found) }
            }
        }
        return found
    }

    /// A graph has initial values in field 5 and nodes in field 1, whose attributes (field 5) hold tensors (5, 10) and graphs (6, 11).
    private static func collect(graph: ProtobufMessage, depth: Int, into found: inout Set<String>) {
        guard depth < 32 else { return }
        graph.forEach { field, part in
            if field == 5 { collect(tensor: part, into: &found) }
            guard field == 1 else { return }
            part.forEach { field, attribute in
                guard field == 5 else { return }
                attribute.forEach { field, value in
                    if field == 5 || field == 10 { collect(tensor: value, into: &found) }
                    if field == 6 || field == 11 { collect(graph: value, depth: depth + 1, into: &found) }
                }
            }
        }
    }

    private static func collect(tensor: ProtobufMessage, into found: inout Set<String>) {
        tensor.forEach { field, entry in
            guard field == 13 else { return }
            var key = "", value = ""
            entry.forEach { field, text in
                if field == 1 { key = text.text }
                if field == 2 { value = text.text }
            }
            if key == "location" { found.insert(value) }
        }
    }
}

/// The fields of a message in Protocol Buffers' encoding (https://protobuf.dev/programming-guides/encoding) that have a length:
/// texts, bytes and other messages.
struct ProtobufMessage {
    private let bytes: Slice<UnsafeRawBufferPointer>

    init(_ bytes: Slice<UnsafeRawBufferPointer>) { self.bytes = bytes }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Calls `body` with the number and content of each such field. Ends where the encoding is broken.
    func forEach(_ body: (_ field: Int, _ content: ProtobufMessage) -> Void) {
        var place = bytes.startIndex
        while let key = number(&place) {
            switch key & 7 {
            case 0:
                guard number(&place) != nil else { return }
            case 1: place += 8
            case 5: place += 4
            case 2:
                guard let length = number(&place), length <= UInt64(bytes.endIndex - place) else { return }
                body(Int(clamping: key >> 3), ProtobufMessage(bytes[place..<place + Int(length)]))
                place += Int(length)
            default: return
            }
            guard place <= bytes.endIndex else { return }
        }
    }

    /// Seven bits a byte, the lowest first.
    private func number(_ place: inout Int) -> UInt64? {
        var value: UInt64 = 0, shift: UInt64 = 0
        while place < bytes.endIndex, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
