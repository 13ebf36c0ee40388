public import Localization
import Networks
import Tensors

extension GTAD: OfficiallyNamed {
    var officialParameters: [OfficialParameter] {
        namedParameters().map { name, parameter in
            let (official, isMap) = Self.officialName(of: name)
            if name == "alignment.weight" {
                let shape = parameter.shape
                // Officially a 1×1 convolution whose inputs go channel by channel, all positions of each.
                let (positions, outputs, channels) = (shape[0], shape[1], shape[2])
                return OfficialParameter(
                    name: official, shape: [outputs, channels * positions, 1, 1], parameter: parameter
                ) {
                    $0.reshaped([outputs, channels, positions]).transposed([2, 0, 1])
                }
            }
            return .layer(official, parameter, isMap: isMap)
        }
    }

    /// The official name of a parameter, and whether it belongs to a convolution over two axes.
    private static func officialName(of name: String) -> (String, isMap: Bool) {
        let parts = name.split(separator: ".").map(String.init)
        let kind = parts.last ?? ""
        let layers = [
            "embedding": "backbone1.0", "start_output": "regu_s.1", "end_output": "regu_e.1",
            "alignment": "localization.0", "reduction": "localization.2", "output": "localization.8",
        ]
        if let layer = layers[parts[0]] { return ("\(layer).\(kind)", layer.hasPrefix("localization")) }
        if parts[0] == "map_layers" { return ("localization.\(parts[1] == "0" ? 4 : 6).\(kind)", true) }
        let graphs = [
            "base_graph": "backbone1.2", "start_graph": "regu_s.0", "end_graph": "regu_e.0",
            "context_graph": "backbone2.0",
        ]
        let places = ["reduce": 0, "paths": 2, "expand": 4]
        guard parts.count == 4, let graph = graphs[parts[0]], let place = places[parts[2]] else { return (name, false) }
        let isSemantic = parts[1] == "semantic"
        return ("\(graph).\(isSemantic ? "sconvs" : "tconvs").\(place).\(kind)", isSemantic)
    }
}
