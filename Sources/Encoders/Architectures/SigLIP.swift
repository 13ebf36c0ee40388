import Tensors

/// SigLIP (Zhai et al., 2023) and SigLIP 2 (Tschannen et al., 2025) of fixed resolution, under Hugging Face's names.
///
/// |   | width | depth | heads | hidden |
/// |---|---|---|---|---|
/// | B/16 | 768 | 12 | 12 | 3072 |
/// | L/16 | 1024 | 24 | 16 | 4096 |
/// | so400m/14 | 1152 | 27 | 16 | 4304 |
///
/// What differs from the plain block: no class token; the final norm is of all tokens; one learned query gathers them, and what it
/// finds is the embedding, without a projection. GELU by the hyperbolic tangent.
enum SigLIP: PublishedArchitecture {
    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        guard file.shapes["vision_model.head.probe"] != nil else { return nil }
        return ArchitectureReader(
            family: "SigLIP", names: "Hugging Face", blocks: "vision_model.encoder.layers",
            otherParts: ["text_model.", "logit_scale", "logit_bias", "vision_model.embeddings.position_ids"]
        ) { try read(&$0, $1.section("vision_config")) }
    }

    static let blocks = BlockNames(
        layers: "vision_model.encoder.layers", attentionNorm: "layer_norm1",
        attention: .separate(query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj"),
        projection: "self_attn.out_proj", feedForwardNorm: "layer_norm2", expand: "mlp.fc1", contract: "mlp.fc2")

    private static func read(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration
    ) throws -> (TransformerSettings, TransformerWeights) {
        let start = "vision_model.", patchName = start + "embeddings.patch_embedding"
        let table = start + "embeddings.position_embedding.weight"
        let (width, _, patch) = try reader.patchSizes(patchName + ".weight")
        let rows = reader.length(table)
        let settings = TransformerSettings(
            width: width, depth: try configuration.count("num_hidden_layers") ?? reader.layerCount(blocks.layers),
            heads: try configuration.count("num_attention_heads") ?? [1152: 16][width] ?? max(1, width / 64),
            hidden: reader.length(blocks.layers + ".0.mlp.fc1.weight"), patch: patch, tubelet: 1,
            imageSize: try reader.side(rows, table: table) * patch, frames: 1, positions: .table(antialias: false),
            activation: try configuration.activation("hidden_act") ?? .geluTanh, pooling: .attention)
        try settings.validate(reader.file, configuration)
        let epsilon = try configuration.epsilon("layer_norm_eps") ?? 1e-6
        var weights = TransformerWeights(
            patch: try reader.patches(patchName, width: width, tubelet: 1, side: patch, bias: true),
            positions: try reader.tensor(table, [rows, width]),
            blocks: try reader.blocks(
                blocks, count: settings.depth, .init(width: width, hidden: settings.hidden, epsilon: epsilon)),
            finalNorm: try reader.norm(start + "post_layernorm", width, epsilon: epsilon))
        let head = start + "head."
        let parts = try reader.stacked(
            weight: head + "attention.in_proj_weight", bias: head + "attention.in_proj_bias", outputs: width,
            inputs: width)
        let hidden = reader.length(head + "mlp.fc1.weight")
        weights.pooled.attentionPool = AttentionPoolWeights(
            probe: try reader.tensor(head + "probe", [1, width]), query: parts[0], key: parts[1], value: parts[2],
            projection: try reader.linear(head + "attention.out_proj", width, width),
            norm: try reader.norm(head + "layernorm", width, epsilon: epsilon),
            expand: try reader.linear(head + "mlp.fc1", hidden, width),
            contract: try reader.linear(head + "mlp.fc2", width, hidden), heads: settings.heads,
            activation: settings.activation)
        return (settings, weights)
    }
}
