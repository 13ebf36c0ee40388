import Networks
import Tensors

/// The tensors of a published model, read under its own names and checked against the parameters they are meant for.
struct ForeignWeights {
    let file: SafetensorsFile
    /// What all names begin with, such as `bert.`.
    let prefix: String
    /// The tensors read so far.
    private(set) var used: Set<String> = []
    private var filled: Set<ObjectIdentifier> = []

    init(_ file: SafetensorsFile, prefix: String) {
        self.file = file
        self.prefix = prefix
    }

    func has(_ name: String) -> Bool { file.entries[prefix + name] != nil }

    mutating func tensor(_ name: String) throws -> Tensor { try tensor(named: prefix + name) }

    private mutating func tensor(named name: String) throws -> Tensor {
        let tensor = try file.tensor(named: name)
        guard tensor.withElements({ $0.allSatisfy { $0.isFinite } }) else {
            throw NetworkError.notFinite(file: file.path, name: name)
        }
        used.insert(name)
        return tensor
    }

    /// Fills a normalisation that the file keeps outside of what the prefix names.
    mutating func fill(_ norm: LayerNorm, fromOutside name: String) throws {
        for (parameter, end) in [(norm.weight, ".weight"), (norm.bias, ".bias")] {
            try fill(parameter, with: tensor(named: name + end), name: name + end)
        }
    }

    /// Fills a parameter.
    mutating func fill(_ parameter: Parameter?, from name: String) throws {
        guard let parameter else { return }
        try fill(parameter, with: tensor(name), name: name)
    }

    /// Fills a parameter with what was made of a tensor.
    mutating func fill(_ parameter: Parameter, with tensor: Tensor, name: String) throws {
        guard tensor.shape == parameter.shape else {
            throw NetworkError.shapeMismatch(
                file: file.path, name: prefix + name, found: tensor.shape, expected: parameter.shape)
        }
        parameter.value = tensor
        filled.insert(ObjectIdentifier(parameter))
    }

    /// The names of a network's parameters that were not filled.
    func unfilled(of network: some Module) -> [String] {
        network.namedParameters().filter { !filled.contains(ObjectIdentifier($0.parameter)) }.map(\.name)
    }

    mutating func fill(_ linear: Linear, from name: String) throws {
        try fill(linear.weight, from: name + ".weight")
        try fill(linear.bias, from: name + ".bias")
    }

    /// Some old releases call weight and bias of a normalisation gamma and beta.
    mutating func fill(_ norm: LayerNorm, from name: String) throws {
        let isOld = !has(name + ".weight") && has(name + ".gamma")
        try fill(norm.weight, from: name + (isOld ? ".gamma" : ".weight"))
        try fill(norm.bias, from: name + (isOld ? ".beta" : ".bias"))
    }

    /// Tensors of the file that were not read.
    var unused: [String] { file.names.filter { !used.contains($0) } }

    /// The number of layers whose names are `START.NUMBER.…`.
    func layerCount(_ start: String) -> Int {
        let whole = prefix + start + "."
        let numbers = file.names.filter { $0.hasPrefix(whole) }
            .compactMap { Int($0.dropFirst(whole.count).prefix { $0 != "." }) }
        return (numbers.max() ?? -1) + 1
    }
}

/// What an import filled and left.
public struct ImportReport: Sendable, Equatable {
    /// Parameters that keep their random values, having no counterpart.
    public var random: [String]
    /// Tensors of the file that have no place.
    public var unused: [String]
}
