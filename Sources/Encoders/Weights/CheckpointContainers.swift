import Tensors

extension PublishedFile {
    /// Keys under which official files keep the weights of an encoder, in the order of preference: V-JEPA 2.1's averaged
    /// encoder, V-JEPA 2's (its loader of 2026 takes `target_encoder`, that of 2025 `encoder`), VideoMAE's fine-tuned files
    /// (DeepSpeed), VideoMAEv2's and InternVideo2's, mmaction2's.
    static let containers = ["ema_encoder", "target_encoder", "encoder", "module", "model", "state_dict"]

    /// The tensors of a PyTorch file: those of the file itself, of the first container that has some, or of the modules of a
    /// TorchScript archive. Everything else in the file (optimiser states, arguments, counters) is left alone.
    init(checkpoint file: PyTorchFile) throws {
        var found = Self.tensors(in: file.content)
        var container: String?
        for key in Self.containers where found.isEmpty {
            guard let value = file.content[key] else { continue }
            found = Self.tensors(in: value)
            if !found.isEmpty { container = key }
        }
        if found.isEmpty, case .object = file.content { found = Self.moduleTensors(in: file.content, under: "") }
        guard !found.isEmpty else {
            let expected = Self.containers.joined(separator: ", ")
            throw TensorFileError.malformed(
                file: file.path, reason: "holds no tensors by name, neither itself nor under one of \(expected)")
        }
        let tensors = found
        self.init(path: file.path, container: container, shapes: tensors.mapValues(\.shape)) { name in
            guard let tensor = tensors[name] else {
                throw TensorFileError.missingTensor(file: file.path, name: name)
            }
            return try file.tensor(tensor, name: name)
        }
    }

    private static func tensors(in value: PickleValue) -> [String: PickledTensor] {
        guard case .dictionary(let entries) = value else { return [:] }
        return entries.reduce(into: [:]) { tensors, entry in
            if case .string(let name) = entry.key, case .tensor(let tensor) = entry.value { tensors[name] = tensor }
        }
    }

    /// The attributes of modules inside modules, named as a state dictionary names them.
    private static func moduleTensors(in value: PickleValue, under prefix: String) -> [String: PickledTensor] {
        guard case .object(_, .dictionary(let attributes)) = value else { return [:] }
        return attributes.reduce(into: [:]) { tensors, attribute in
            guard case .string(let name) = attribute.key else { return }
            if case .tensor(let tensor) = attribute.value {
                tensors[prefix + name] = tensor
            } else {
                tensors.merge(moduleTensors(in: attribute.value, under: prefix + name + ".")) { first, _ in first }
            }
        }
    }
}
