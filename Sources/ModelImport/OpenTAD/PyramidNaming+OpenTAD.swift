public import Localization
import Tensors

extension PyramidNaming {
    /// All parameters under their names in OpenTAD, in the order of `parameters`; but for the necks, which differ, the
    /// names follow from those of the authors' releases.
    var openTADParameters: [OfficialParameter] {
        officialParameters.map { official in
            let name = Self.openTADName(of: official.name)
            // Layer normalisations there have one axis; so have scales of branches three, as in the releases.
            let isNorm = official.shape.count == 3 && official.parameter.shape.count == 1 && !name.hasSuffix(".scale")
            return OfficialParameter(
                name: name, shape: isNorm ? official.parameter.shape : official.shape, parameter: official.parameter
            ) { official.convert($0) }
        }
    }

    private static func openTADName(of official: String) -> String {
        let parts = official.split(separator: ".").map(String.init)
        guard parts.count > 2 else { return official }
        let (place, kind) = (parts[2], parts[parts.count - 1])
        switch (parts[0], parts[1]) {
        case ("backbone", "embd"): return "projection.embed.\(place).conv.\(kind)"
        case ("backbone", "embd_norm"): return "projection.embed.\(place).norm.\(kind)"
        case ("backbone", _): return "projection." + parts.dropFirst().joined(separator: ".")
        case ("reg_head", "scale"): return "rpn_head.scale.\(place).scale"
        default: break
        }
        let branches = ["cls_head": "cls", "reg_head": "reg", "start_head": "cls_start", "end_head": "cls_end"]
        guard let branch = branches[parts[0]] else { return official }
        switch parts[1] {
        case "head": return "rpn_head.\(branch)_convs.\(place).conv.\(kind)"
        case "norm": return "rpn_head.\(branch)_convs.\(place).norm.\(kind)"
        default: return "rpn_head.\(branch)_head.\(kind)"
        }
    }
}

extension ActionFormer: OpenTADNamed {}
extension TriDet: OpenTADNamed {}
extension TemporalMaxer: OpenTADNamed {}
