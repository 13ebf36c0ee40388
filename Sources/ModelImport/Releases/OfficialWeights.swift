import Localization
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

extension OfficialParameter {
    /// A weight or bias of a layer, in the layout that PyTorch gives it.
    ///
    /// - Parameter isMap: whether it is a convolution over two axes there; for weights of ``Linear`` and ``Convolution``.
    static func layer(_ name: String, _ parameter: Parameter, isMap: Bool = false) -> OfficialParameter {
        let shape = parameter.shape
        switch shape.count {
        case 4:
            return OfficialParameter(
                name: name, shape: [shape[2], shape[3], shape[0], shape[1]], parameter: parameter
            ) { $0.transposed([2, 3, 0, 1]) }
        case 3:
            let official = [shape[1], shape[2], shape[0]]
            return OfficialParameter(name: name, shape: official + (isMap ? [1] : []), parameter: parameter) {
                $0.reshaped(official).transposed([2, 0, 1])
            }
        case 2:
            return OfficialParameter(name: name, shape: shape + [1, 1], parameter: parameter) { $0.reshaped(shape) }
        default:
            return OfficialParameter(name: name, shape: shape, parameter: parameter) { $0 }
        }
    }
}

extension OfficialParameter {
    /// The same parameter under another name, where its two outputs come the other way round.
    func renamed(_ name: String, swapsOutputs: Bool = false) -> OfficialParameter {
        OfficialParameter(name: name, shape: shape, parameter: parameter) { value in
            guard swapsOutputs else { return convert(value) }
            let rows = value.reshaped([2, -1])
            return convert(
                Tensor.concatenated([rows.slice(axis: 0, 1..<2), rows.slice(axis: 0, 0..<1)], axis: 0)
                    .reshaped(value.shape))
        }
    }
}

/// A head whose parameters have names in its authors' release.
protocol OfficiallyNamed: LocalizationHead {
    /// All parameters, in the order of ``Module/parameters``.
    var officialParameters: [OfficialParameter] { get }
}

/// A head whose parameters have names in OpenTAD.
protocol OpenTADNamed: LocalizationHead {
    /// All parameters, in the order of ``Module/parameters``.
    var openTADParameters: [OfficialParameter] { get }
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
        try load(head.officialParameters, from: checkpoint)
    }

    /// Fills parameters from tensors with the given names, which must be all there are but for those ignored.
    ///
    /// - Throws: `TensorFileError` or `NetworkError`
    static func load(
        _ parameters: [OfficialParameter], from checkpoint: CheckpointTensors, ignoring ignored: Set<String> = []
    ) throws {
        let (names, file) = (checkpoint.names, checkpoint.path)
        let prefix = !names.isEmpty && names.allSatisfy { $0.hasPrefix("module.") } ? "module." : ""
        let given = Set(names)
        let missing = parameters.map(\.name).filter { !given.contains(prefix + $0) }
        guard missing.isEmpty else { throw NetworkError.missingParameters(file: file, names: missing) }
        let known = Set((parameters.map(\.name) + ignored).map { prefix + $0 })
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
