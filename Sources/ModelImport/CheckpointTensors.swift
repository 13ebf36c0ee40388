import Foundation
import Tensors

/// The weights in a published checkpoint: safetensors, or a file written by PyTorch, of which the averaged weights are
/// taken where there are any.
struct CheckpointTensors {
    let path: String
    /// Names of all tensors.
    let names: [String]
    private let read: (String) throws -> Tensor

    /// - Throws: `TensorFileError`
    init(path: String) throws {
        self.path = path
        if Self.isSafetensors(path) {
            let file = try SafetensorsFile(path: path)
            names = file.names
            read = { try file.tensor(named: $0) }
        } else {
            let file = try PyTorchFile(path: path)
            let tensors = try Self.weights(in: file)
            names = tensors.map(\.name)
            let places = Dictionary(tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { _, last in last })
            read = { name in
                guard let place = places[name] else { throw TensorFileError.missingTensor(file: path, name: name) }
                return try file.tensor(place, name: name)
            }
        }
    }

    /// One tensor.
    ///
    /// - Throws: `TensorFileError`
    func tensor(named name: String) throws -> Tensor { try read(name) }

    /// The length of each axis of a tensor.
    ///
    /// - Throws: `TensorFileError`
    func shape(of name: String) throws -> [Int] { try read(name).shape }

    /// The tensors under the first of the usual keys, or those of the file itself.
    private static func weights(in file: PyTorchFile) throws -> [(name: String, tensor: PickledTensor)] {
        let keys = ["state_dict_ema", "state_dict", "model_ema", "model"]
        let dictionary = keys.lazy.compactMap { file.content[$0] }.first ?? file.content
        guard case .dictionary(let entries) = dictionary else {
            throw TensorFileError.malformed(file: file.path, reason: "holds no state dictionary")
        }
        let tensors = entries.compactMap { entry -> (name: String, tensor: PickledTensor)? in
            guard case .string(let name) = entry.key, case .tensor(let tensor) = entry.value else { return nil }
            return (name, tensor)
        }
        guard !tensors.isEmpty else {
            throw TensorFileError.malformed(file: file.path, reason: "holds no state dictionary")
        }
        return tensors
    }

    /// PyTorch's files begin with the mark of a zip archive or of a pickle; a safetensors file begins with the length of its
    /// header, whose first character follows.
    private static func isSafetensors(_ path: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: path) else { return true }
        defer { try? handle.close() }
        let head = (try? handle.read(upToCount: 9)) ?? Data()
        return head.count == 9 && head.last == UInt8(ascii: "{")
    }
}
