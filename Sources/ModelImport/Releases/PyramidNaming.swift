import Localization
import Networks
import Tensors

/// A head on a feature pyramid whose parameters are called as in the release of ActionFormer, but for its blocks.
protocol PyramidNaming: PointHead, OfficiallyNamed {
    /// The official name of a parameter within a block of the backbone.
    ///
    /// - Parameter parts: its own name within the block.
    static func officialBlockName(of parts: [String]) -> String
}

extension PyramidNaming {
    var officialParameters: [OfficialParameter] {
        namedParameters().map { name, parameter in
            let official = Self.officialName(of: name)
            return OfficialParameter(
                name: official, shape: Self.officialShape(of: parameter, name: official), parameter: parameter
            ) {
                Self.fromOfficial($0, name: official, shape: parameter.shape)
            }
        }
    }

    /// The official name of a parameter.
    private static func officialName(of name: String) -> String {
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
        default: break
        }
        let branches = [
            "classification": "cls_head", "regression": "reg_head", "starts": "start_head", "ends": "end_head",
        ]
        guard let branch = branches[parts[0]] else { return name }
        if parts[1] == "output" {
            return "\(branch).\(parts[0] == "regression" ? "offset_head" : "cls_head").conv.\(kind)"
        }
        return parts[3] == "norm" ? "\(branch).norm.\(parts[2]).\(kind)" : "\(branch).head.\(parts[2]).conv.\(kind)"
    }

    /// Whether a weight is a convolution's of each channel by itself, `[channels, 1, kernel]` officially.
    private static func isDepthwise(_ name: String) -> Bool {
        let endings = ["_conv.conv", ".psi", ".fc", ".convw", ".convkw", ".global_fc"]
        return endings.contains { name.hasSuffix("\($0).weight") }
            || (name.hasPrefix("neck.fpn_convs.") && name.hasSuffix(".weight"))
    }

    /// The official shape of a parameter.
    private static func officialShape(of parameter: Parameter, name: String) -> [Int] {
        let shape = parameter.shape
        if name.hasSuffix("rel_pe") { return [1, 1] + shape }
        switch shape.count {
        case 3: return [shape[1], shape[2], shape[0]]
        case 2: return isDepthwise(name) ? [shape[1], 1, shape[0]] : shape + [1]
        case 1:
            let isLayerNorm = ["norm.", "norms.", ".ln.", ".ln1.", ".ln2."].contains { name.contains($0) }
            return isLayerNorm || name.hasSuffix(".scale") ? [1, shape[0], 1] : shape
        default: return shape
        }
    }

    /// An official tensor in the layout of the parameter.
    private static func fromOfficial(_ tensor: Tensor, name: String, shape: [Int]) -> Tensor {
        if shape.count == 3 { return tensor.transposed([2, 0, 1]) }
        if isDepthwise(name) { return tensor.reshaped([shape[1], shape[0]]).transposed([1, 0]) }
        return tensor.reshaped(shape)
    }
}
