public import Localization

extension GTAD: OpenTADNamed {
    /// All parameters under their names in OpenTAD, which follow from those of the authors' release.
    var openTADParameters: [OfficialParameter] {
        officialParameters.map { official in
            let parts = official.name.split(separator: ".").map(String.init)
            let layer = "\(parts[0]).\(parts[1])", rest = parts.dropFirst(2).joined(separator: ".")
            let extractor = "roi_head.proposal_roi_extractor", map = "roi_head.proposal_head.head"
            let layers = [
                "backbone1.0": "projection.convs.0.conv", "backbone1.2": "neck",
                "regu_s.0": "rpn_head.tem.0.0", "regu_s.1": "rpn_head.tem.0.1.conv",
                "regu_e.0": "rpn_head.tem.1.0", "regu_e.1": "rpn_head.tem.1.1.conv",
                "backbone2.0": "\(extractor).gcnext", "localization.0": "\(extractor).conv2d.0",
                "localization.2": "\(map).0.0", "localization.4": "\(map).1.0", "localization.6": "\(map).2.0",
                "localization.8": "\(map).3",
            ]
            // There the classified overlap comes first.
            return official.renamed("\(layers[layer] ?? layer).\(rest)", swapsOutputs: layer == "localization.8")
        }
    }
}
