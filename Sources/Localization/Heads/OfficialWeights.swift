import Networks
import Tensors

/// A parameter under the name, and in the layout, of its authors' release.
struct OfficialParameter {
    let name: String
    /// Length of each axis there.
    let shape: [Int]
    let parameter: Parameter
    /// From the layout there to that of the parameter.
    let convert: (Tensor) -> Tensor
}

/// A head whose parameters have names in its authors' release.
protocol OfficiallyNamed: LocalizationHead {
    /// All parameters, in the order of ``Module/parameters``.
    var officialParameters: [OfficialParameter] { get }
}

/// Fills heads from state dictionaries of their authors' releases.
enum OfficialWeights {
    /// Fills all parameters of a head from a file of the official state dictionary. Nothing changes unless all fits.
    ///
    /// - Parameter path: safetensors or a checkpoint of PyTorch; a prefix `module.` of every name is ignored.
    /// - Throws: `TensorFileError` or `NetworkError`
    static func load(_ head: some OfficiallyNamed, from path: String) throws {
        try load(head, from: CheckpointTensors(path: path))
    }

    /// Fills all parameters of a head from tensors with official names.
    ///
    /// - Throws: `TensorFileError` or `NetworkError`
    static func load(_ head: some OfficiallyNamed, from checkpoint: CheckpointTensors) throws {
        let (names, file) = (checkpoint.names, checkpoint.path)
        let prefix = !names.isEmpty && names.allSatisfy { $0.hasPrefix("module.") } ? "module." : ""
        let parameters = head.officialParameters
        let given = Set(names)
        let missing = parameters.map(\.name).filter { !given.contains(prefix + $0) }
        guard missing.isEmpty else { throw NetworkError.missingParameters(file: file, names: missing) }
        let known = Set(parameters.map { prefix + $0.name })
        let unexpected = names.filter { !known.contains($0) }
        guard unexpected.isEmpty else { throw NetworkError.unexpectedParameters(file: file, names: unexpected) }
        let values = try parameters.map { entry in
            let value = try checkpoint.tensor(named: prefix + entry.name)
            guard value.shape == entry.shape else {
                throw NetworkError.shapeMismatch(
                    file: file, name: entry.name, found: value.shape, expected: entry.shape)
            }
            guard value.withElements({ $0.allSatisfy { $0.isFinite } }) else {
                throw NetworkError.notFinite(file: file, name: entry.name)
            }
            return entry.convert(value)
        }
        for (entry, value) in zip(parameters, values) { entry.parameter.value = value }
    }
}
