public import Localization
import Networks
import Tensors

extension BMN: OpenTADNamed {
    var openTADParameters: [OfficialParameter] {
        namedParameters().map { name, parameter in
            let (official, isMap) = Self.openTADName(of: name)
            let shape = parameter.shape
            switch name {
            case "alignment.weight":
                // A convolution over all positions of a proposal.
                let layout = [shape[1], shape[2], shape[0]]
                return OfficialParameter(name: official, shape: layout + [1], parameter: parameter) {
                    $0.reshaped(layout).transposed([2, 0, 1])
                }
            case "output.weight", "output.bias":
                // There the classified overlap comes first.
                return OfficialParameter.layer(official, parameter, isMap: true).renamed(official, swapsOutputs: true)
            default:
                return .layer(official, parameter, isMap: isMap)
            }
        }
    }

    /// The name of a parameter in OpenTAD, and whether it belongs to a convolution over two axes there.
    private static func openTADName(of name: String) -> (String, isMap: Bool) {
        let parts = name.split(separator: ".").map(String.init)
        let kind = parts.last ?? ""
        let extractor = "roi_head.proposal_roi_extractor"
        switch parts[0] {
        case "base": return ("projection.convs.\(parts[1]).conv.\(kind)", false)
        case "start_layer": return ("rpn_head.tem.0.0.conv.\(kind)", false)
        case "start_output": return ("rpn_head.tem.0.1.conv.\(kind)", false)
        case "end_layer": return ("rpn_head.tem.1.0.conv.\(kind)", false)
        case "end_output": return ("rpn_head.tem.1.1.conv.\(kind)", false)
        case "proposal_layer": return ("\(extractor).reduce_dim.0.\(kind)", false)
        case "alignment": return ("\(extractor).conv3d.0.\(kind)", true)
        case "reduction": return ("\(extractor).conv2d.0.\(kind)", true)
        case "map_layers": return ("roi_head.proposal_head.head.\(parts[1]).0.\(kind)", true)
        default: return ("roi_head.proposal_head.head.2.\(kind)", true)
        }
    }
}
