import Tensors

/// DINOv2 (Oquab et al., 2023), with and without registers (Darcet et al., 2023), under Hugging Face's names.
///
/// |   | width | depth | heads |
/// |---|---|---|---|
/// | S | 384 | 12 | 6 |
/// | B | 768 | 12 | 12 |
/// | L | 1024 | 24 | 16 |
/// | g | 1536 | 40 | 24 (gated feed-forward network) |
///
/// What differs from the plain block: layer scales; the feature is the class token after the final norm. The table of positions is
/// that of 518 pixels and is resized for every other size, as Hugging Face does: bicubic, without antialiasing where there are no
/// registers and with it where there are. The official code and timm resize slightly differently. Registers follow the class
/// token and have no positions. The mask token is left alone.
enum DINOv2: PublishedArchitecture {
    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        for prefix in ["", "dinov2.", "dinov2_with_registers."]
        where file.shapes[prefix + "encoder.layer.0.layer_scale1.lambda1"] != nil {
            guard file.shapes[prefix + "embeddings.patch_embeddings.projection.weight"]?.count == 4 else { continue }
            return ArchitectureReader(
                family: "DINOv2", names: "Hugging Face", blocks: prefix + "encoder.layer",
                otherParts: [prefix + "embeddings.mask_token", "classifier."]
            ) { try read(&$0, $1, prefix) }
        }
        return nil
    }

    private static func read(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, _ prefix: String
    ) throws -> (TransformerSettings, TransformerWeights) {
        let start = prefix + "embeddings.", layers = prefix + "encoder.layer"
        let patchName = start + "patch_embeddings.projection", table = start + "position_embeddings"
        let (width, _, patch) = try reader.patchSizes(patchName + ".weight")
        let rows = reader.shape(table)?.dropLast().last ?? 0
        let registers = reader.shape(start + "register_tokens")?.dropLast().last ?? 0
        let isGated = reader.has(layers + ".0.mlp.weights_in.weight")
        let contract = isGated ? "mlp.weights_out" : "mlp.fc2"
        var settings = TransformerSettings(
            width: width, depth: try configuration.count("num_hidden_layers") ?? reader.layerCount(layers),
            heads: try configuration.count("num_attention_heads") ?? max(1, width / 64),
            hidden: max(1, reader.shape("\(layers).0.\(contract).weight")?.last ?? 1), patch: patch, tubelet: 1,
            imageSize: try reader.side(rows - 1, table: table) * patch, frames: 1,
            positions: .table(antialias: registers > 0),
            activation: try configuration.activation("hidden_act") ?? .gelu, pooling: .classToken)
        settings.prefixTokens = 1 + registers
        settings.isGated = isGated
        try settings.validate(reader.file, configuration)
        let names = BlockNames(
            layers: layers, attentionNorm: "norm1",
            attention: .separate(
                query: "attention.attention.query", key: "attention.attention.key", value: "attention.attention.value"),
            projection: "attention.output.dense", feedForwardNorm: "norm2",
            expand: isGated ? "mlp.weights_in" : "mlp.fc1", contract: contract,
            scales: ["layer_scale1.lambda1", "layer_scale2.lambda1"])
        let epsilon = try configuration.epsilon("layer_norm_eps") ?? 1e-6
        return (
            settings,
            TransformerWeights(
                patch: try reader.patches(patchName, width: width, tubelet: 1, side: patch, bias: true),
                classToken: try reader.tensor(start + "cls_token", [width]),
                registers: registers > 0 ? try reader.tensor(start + "register_tokens", [registers, width]) : nil,
                positions: try reader.tensor(table, [rows, width]),
                blocks: try reader.blocks(
                    names, count: settings.depth,
                    .init(width: width, hidden: settings.hidden, epsilon: epsilon, isGated: isGated)),
                finalNorm: try reader.norm(prefix + "layernorm", width, epsilon: epsilon))
        )
    }
}
