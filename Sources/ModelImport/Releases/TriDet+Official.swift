public import Localization

extension TriDet: PyramidNaming {
    static func officialBlockName(of parts: [String]) -> String {
        let kind = parts.last ?? ""
        let layers = [
            "projection": "downsample.1", "norm": "ln", "group_norm": "gn", "gate": "psi", "pointwise": "fc",
            "small": "convw", "large": "convkw", "global": "global_fc", "mixing_scale": "drop_path_out",
            "feed_forward_scale": "drop_path_mlp",
        ]
        if let layer = layers[parts[0]] { return "\(layer).\(kind)" }
        return "mlp.\(parts[1] == "expand" ? 0 : 2).\(kind)"
    }
}
