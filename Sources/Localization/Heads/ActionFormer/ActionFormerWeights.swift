import Networks
import Tensors

/// The parameters of ``ActionFormer`` under the names, and in the layouts, of the authors' release.
public enum ActionFormerWeights {
    /// Fills all parameters of a head from a file of the official state dictionary. Nothing changes unless all fits.
    ///
    /// - Parameter path: safetensors, float32 or float16; a prefix `module.` of every name is ignored.
    /// - Throws: `TensorFileError` or `NetworkError`
    public static func load(_ head: ActionFormer, from path: String) throws {
        let file = try SafetensorsFile(path: path)
        let prefix = !file.names.isEmpty && file.names.allSatisfy { $0.hasPrefix("module.") } ? "module." : ""
        let parameters = head.namedParameters().map { (name: officialName(of: $0.name), parameter: $0.parameter) }
        let missing = parameters.map(\.name).filter { file.entries[prefix + $0] == nil }
        guard missing.isEmpty else { throw NetworkError.missingParameters(file: path, names: missing) }
        let known = Set(parameters.map { prefix + $0.name })
        let unexpected = file.names.filter { !known.contains($0) }
        guard unexpected.isEmpty else { throw NetworkError.unexpectedParameters(file: path, names: unexpected) }
        let values = try parameters.map { name, parameter in
            let tensor = try file.tensor(named: prefix + name)
            let expected = officialShape(of: parameter, name: name)
            guard tensor.shape == expected else {
                throw NetworkError.shapeMismatch(file: path, name: name, found: tensor.shape, expected: expected)
            }
            guard tensor.withElements({ $0.allSatisfy(\.isFinite) }) else {
                throw NetworkError.notFinite(file: path, name: name)
            }
            return fromOfficial(tensor, name: name, shape: parameter.shape)
        }
        for ((_, parameter), value) in zip(parameters, values) { parameter.value = value }
    }

    /// The official name of a parameter.
    static func officialName(of name: String) -> String {
        let parts = name.split(separator: ".").map(String.init)
        guard let kind = parts.last, parts.count >= 3 else { return name }
        switch (parts[0], parts[1]) {
        case ("backbone", "projections"): return "backbone.proj.\(parts[2]).conv.\(kind)"
        case ("backbone", "embedding"):
            return parts[3] == "norm"
                ? "backbone.embd_norm.\(parts[2]).\(kind)" : "backbone.embd.\(parts[2]).conv.\(kind)"
        case ("backbone", _):
            return "backbone.\(parts[1]).\(parts[2]).\(officialBlockName(of: Array(parts.dropFirst(3))))"
        case ("neck", "laterals"): return "neck.lateral_convs.\(parts[2]).conv.\(kind)"
        case ("neck", "smoothings"): return "neck.fpn_convs.\(parts[2]).conv.\(kind)"
        case ("neck", _): return "neck.fpn_norms.\(parts[2]).\(kind)"
        case ("regression", "scales"): return "reg_head.scale.\(parts[2]).scale"
        default:
            let branch = parts[0] == "classification" ? "cls_head" : "reg_head"
            if parts[1] == "output" {
                return "\(branch).\(parts[0] == "classification" ? "cls_head" : "offset_head").conv.\(kind)"
            }
            return parts[3] == "norm" ? "\(branch).norm.\(parts[2]).\(kind)" : "\(branch).head.\(parts[2]).conv.\(kind)"
        }
    }

    private static func officialBlockName(of parts: [String]) -> String {
        let kind = parts.last ?? ""
        switch parts[0] {
        case "attention_norm": return "ln1.\(kind)"
        case "feed_forward_norm": return "ln2.\(kind)"
        case "attention_scale": return "drop_path_attn.scale"
        case "feed_forward_scale": return "drop_path_mlp.scale"
        case "feed_forward": return "mlp.\(parts[1] == "expand" ? 0 : 3).\(kind)"
        case "first": return "conv1.conv.\(kind)"
        case "second": return "conv2.conv.\(kind)"
        case "shortcut": return "downsample.conv.\(kind)"
        default: break
        }
        switch parts[1] {
        case "output": return "attn.proj.\(kind)"
        case "relative_positions": return "attn.rel_pe"
        default: break
        }
        switch parts[2] {
        case "convolution": return "attn.\(parts[1])_conv.conv.\(kind)"
        case "norm": return "attn.\(parts[1])_norm.\(kind)"
        default: return "attn.\(parts[1]).\(kind)"
        }
    }

    // MARK: - Layouts

    /// Whether a weight is a convolution's of each channel by itself, `[channels, 1, kernel]` officially.
    private static func isDepthwise(_ name: String) -> Bool {
        name.hasSuffix("_conv.conv.weight") || (name.hasPrefix("neck.fpn_convs.") && name.hasSuffix(".weight"))
    }

    /// The official shape of a parameter.
    private static func officialShape(of parameter: Parameter, name: String) -> [Int] {
        let shape = parameter.shape
        if name.hasSuffix("rel_pe") { return [1, 1] + shape }
        switch shape.count {
        case 3: return [shape[1], shape[2], shape[0]]
        case 2: return isDepthwise(name) ? [shape[1], 1, shape[0]] : shape + [1]
        case 1:
            let isNorm =
                name.contains("norm.") || name.contains(".ln1.") || name.contains(".ln2.")
                || name.contains("norms.")
            return isNorm || name.hasSuffix(".scale") ? [1, shape[0], 1] : shape
        default: return shape
        }
    }

    /// An official tensor in the layout of the parameter.
    static func fromOfficial(_ tensor: Tensor, name: String, shape: [Int]) -> Tensor {
        if shape.count == 3 { return tensor.transposed([2, 0, 1]) }
        if isDepthwise(name) { return tensor.reshaped([shape[1], shape[0]]).transposed([1, 0]) }
        return tensor.reshaped(shape)
    }
}
