import Files
public import Tensors

/// Saving and loading the parameters of a network as safetensors under their own names.
public enum Weights {
    /// Writes all parameters of a network. The finished file survives a power cut, because weights cost hours.
    ///
    /// - Parameters:
    ///   - network: what to write.
    ///   - path: the safetensors file.
    ///   - type: `.float32` or `.float16`.
    ///   - metadata: texts that are stored with the weights.
    /// - Throws: `FileError.unwritable`
    public static func save(
        _ network: some Module, to path: String, as type: SafetensorsFile.ElementType = .float32,
        metadata: [String: String] = [:]
    ) throws {
        let tensors = network.namedParameters().map { (name: $0.name, tensor: $0.parameter.value) }
        try SafetensorsFile.write(tensors, to: path, as: type, metadata: metadata, durable: true)
    }

    /// Fills all parameters of a network from a file. Nothing is changed unless everything fits.
    ///
    /// - Throws: `TensorFileError` or ``NetworkError``
    public static func load(_ network: some Module, from path: String) throws {
        let file = try SafetensorsFile(path: path)
        let parameters = network.namedParameters()
        let expected = Set(parameters.map(\.name))
        let unexpected = file.names.filter { !expected.contains($0) }
        let missing = parameters.map(\.name).filter { file.entries[$0] == nil }
        guard missing.isEmpty else { throw NetworkError.missingParameters(file: path, names: missing) }
        guard unexpected.isEmpty else { throw NetworkError.unexpectedParameters(file: path, names: unexpected) }
        let tensors = try parameters.map { name, parameter in
            let tensor = try file.tensor(named: name)
            guard tensor.shape == parameter.shape else {
                throw NetworkError.shapeMismatch(
                    file: path, name: name, found: tensor.shape, expected: parameter.shape)
            }
            guard tensor.withElements({ $0.allSatisfy(\.isFinite) }) else {
                throw NetworkError.notFinite(file: path, name: name)
            }
            return tensor
        }
        for ((_, parameter), tensor) in zip(parameters, tensors) { parameter.value = tensor }
    }

    /// The SHA-256 of names, shapes and values in hexadecimal, the same however they are stored.
    public static func hash(of network: some Module) -> String { hash(of: network.namedParameters()) }

    /// The same for some parameters.
    package static func hash(of parameters: [(name: String, parameter: Parameter)]) -> String {
        var hasher = SHA256()
        for (name, parameter) in parameters {
            hasher.update("\(name)\(parameter.shape)")
            parameter.value.withElements { hasher.update(UnsafeRawBufferPointer($0)) }
        }
        return hasher.hexadecimal()
    }
}
