import Files
import Foundation
public import Tensors

/// The tensors of a published weight file by name: safetensors (also in several parts with an index), or a file written by
/// PyTorch, whose containers are opened and whose code is never run.
public struct PublishedFile: Sendable {
    /// The file, or the index of its parts.
    public let path: String
    /// The files with the tensors: the file itself, or the parts.
    public let files: [String]
    /// The key of the dictionary that the tensors were in, where a PyTorch file has several; nil for the file itself.
    public let container: String?
    /// The shape of each tensor.
    public let shapes: [String: [Int]]
    private let read: @Sendable (String) throws -> Tensor

    /// Tensors that are made when they are asked for.
    public init(
        path: String, files: [String]? = nil, container: String? = nil, shapes: [String: [Int]],
        read: @escaping @Sendable (String) throws -> Tensor
    ) {
        self.path = path
        self.files = files ?? [path]
        self.container = container
        self.shapes = shapes
        self.read = read
    }

    /// Opens a weight file.
    ///
    /// - Throws: `TensorFileError` or `FileError`.
    public init(path: String) throws {
        if path.hasSuffix(".index.json") {
            try self.init(index: path)
        } else if try Self.beginsLikeSafetensors(path) {
            let file = try SafetensorsFile(path: path)
            self.init(path: path, shapes: file.entries.mapValues(\.shape)) { try file.tensor(named: $0) }
        } else {
            try self.init(checkpoint: PyTorchFile(path: path, unknownObjects: .kept))
        }
    }

    /// A tensor as `Float`.
    ///
    /// - Throws: `TensorFileError`
    public func tensor(named name: String) throws -> Tensor { try read(name) }

    /// SHA-256 of the file in hexadecimal; of the digests of its parts where there are several.
    ///
    /// - Throws: `FileError`
    public func digest() throws -> String {
        let digests = try files.map { try FileDigest.sha256(ofFile: $0) }
        return digests.count == 1 ? digests[0] : FileDigest.sha256(of: digests.joined())
    }

    /// The names of the tensors, sorted.
    public var names: [String] { shapes.keys.sorted() }

    /// Hugging Face's index of a model in several parts: `{"weight_map": {TENSOR: FILE}}`.
    private init(index path: String) throws {
        struct Index: Decodable {
            var weightMap: [String: String]
            enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw FileError.missing(path: path) }
        guard let index = try? JSONDecoder().decode(Index.self, from: data), !index.weightMap.isEmpty else {
            throw FileError.malformed(path: path, problem: "is no index of weight files; expected a 'weight_map'")
        }
        let folder = DurableFile.parent(of: path)
        var parts: [String: PublishedFile] = [:]
        for part in Set(index.weightMap.values) {
            // A part lies beside its index; anything else would let an index name any file of the machine.
            guard !part.isEmpty, !part.contains("/"), part != "..", !part.hasSuffix(".index.json") else {
                throw FileError.malformed(path: path, problem: "names the part '\(part)', which is no file beside it")
            }
            parts[part] = try PublishedFile(path: (folder as NSString).appendingPathComponent(part))
        }
        var shapes: [String: [Int]] = [:]
        for (name, part) in index.weightMap {
            guard let shape = parts[part]?.shapes[name] else {
                throw FileError.malformed(path: path, problem: "says that '\(name)' is in \(part), which lacks it")
            }
            shapes[name] = shape
        }
        let files = parts.keys.sorted().map { (folder as NSString).appendingPathComponent($0) }
        self.init(path: path, files: files, shapes: shapes) { [parts] name in
            guard let part = index.weightMap[name].flatMap({ parts[$0] }) else {
                throw TensorFileError.missingTensor(file: path, name: name)
            }
            return try part.tensor(named: name)
        }
    }

    /// A safetensors file begins with the length of its header, which lies in the file, and whose first character follows. The
    /// bytes of a length may look like the beginning of a pickle (0x80), but the length that a pickle's bytes make is far beyond
    /// any file.
    private static func beginsLikeSafetensors(_ path: String) throws -> Bool {
        guard let kind = FileKind(of: path) else { throw FileError.notRead(path, reason: "permission denied") }
        return kind == .weights
    }
}
