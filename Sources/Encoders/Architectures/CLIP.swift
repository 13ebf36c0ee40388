import Tensors

/// CLIP (Radford et al., 2021): OpenAI's files, Hugging Face's copies of them, and open_clip's.
///
/// |   | width | depth | heads | tokens | embedding |
/// |---|---|---|---|---|---|
/// | B/32 | 768 | 12 | 12 | 50 | 512 |
/// | B/16 | 768 | 12 | 12 | 197 | 512 |
/// | L/14 | 1024 | 24 | 16 | 257 | 768 |
/// | L/14, 336 px | 1024 | 24 | 16 | 577 | 768 |
///
/// Published names: OpenAI's and open_clip's (`visual.transformer.resblocks.N.attn.in_proj_weight`) and Hugging Face's
/// (`vision_model.encoder.layers.N`, with `pre_layrnorm` in this spelling). OpenAI's archive holds code, which is not read.
///
/// What differs from the plain block: the patch embedding has no bias; there is a norm before the blocks; the feature is the class
/// token after the last norm; a projection leads to the space of texts. OpenAI's models use `x · σ(1.702 x)`, open_clip's the
/// exact GELU unless their configuration says `quick_gelu`.
enum CLIP: PublishedArchitecture {
    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        if file.shapes["vision_model.embeddings.class_embedding"] != nil {
            return ArchitectureReader(
                family: "CLIP", names: "Hugging Face", blocks: "vision_model.encoder.layers",
                otherParts: ["text_model.", "text_projection.", "logit_scale", "vision_model.embeddings.position_ids"]
            ) { try readHuggingFace(&$0, $1.section("vision_config")) }
        }
        guard file.shapes["visual.class_embedding"] != nil, file.shapes["visual.conv1.weight"] != nil else {
            return nil
        }
        let isOpenAI = file.shapes["input_resolution"] != nil
        return ArchitectureReader(
            family: "CLIP", names: isOpenAI ? "OpenAI" : "open_clip", blocks: "visual.transformer.resblocks",
            otherParts: [
                "transformer.", "token_embedding.", "positional_embedding", "ln_final.", "text_projection",
                "logit_scale", "logit_bias", "input_resolution", "context_length", "vocab_size", "attn_mask",
            ]
        ) { try readOpenAI(&$0, $1, isOpenAI: isOpenAI) }
    }

    /// The activation of a file under OpenAI's names.
    static func activation(
        _ configuration: ModelConfiguration, isOpenAI: Bool
    ) throws -> TransformerSettings.Activation {
        if let named = try configuration.activation("act") { return named }
        if let isQuick = configuration.section("model_cfg").flag("quick_gelu") { return isQuick ? .quickGELU : .gelu }
        return isOpenAI ? .quickGELU : .gelu
    }

    static func openAIBlocks(_ start: String) -> BlockNames {
        BlockNames(
            layers: start + "transformer.resblocks", attentionNorm: "ln_1",
            attention: .stacked(weight: "attn.in_proj_weight", bias: "attn.in_proj_bias"),
            projection: "attn.out_proj", feedForwardNorm: "ln_2", expand: "mlp.c_fc", contract: "mlp.c_proj")
    }

    private static func settings(
        _ reader: WeightReader, patch name: String, table: String, layers: String, expand: String, heads: Int?,
        activation: TransformerSettings.Activation, _ configuration: ModelConfiguration
    ) throws -> TransformerSettings {
        let (width, _, patch) = try reader.patchSizes(name + ".weight")
        var settings = TransformerSettings(
            width: width, depth: reader.layerCount(layers), heads: heads ?? max(1, width / 64),
            hidden: reader.length("\(layers).0.\(expand).weight"), patch: patch, tubelet: 1,
            imageSize: try reader.side(reader.length(table) - 1, table: table) * patch, frames: 1,
            positions: .table(antialias: false), activation: activation, pooling: .classToken)
        settings.prefixTokens = 1
        try settings.validate(reader.file, configuration)
        return settings
    }

    private static func readHuggingFace(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration
    ) throws -> (TransformerSettings, TransformerWeights) {
        let start = "vision_model.", names = SigLIP.blocks
        let patch = start + "embeddings.patch_embedding", table = start + "embeddings.position_embedding.weight"
        var settings = try settings(
            reader, patch: patch, table: table, layers: names.layers, expand: names.expand,
            heads: configuration.count("num_attention_heads"),
            activation: configuration.activation("hidden_act") ?? .quickGELU, configuration)
        settings.depth = try configuration.count("num_hidden_layers") ?? settings.depth
        let (width, epsilon) = (settings.width, try configuration.epsilon("layer_norm_eps") ?? 1e-5)
        var weights = TransformerWeights(
            patch: try reader.patches(patch, width: width, tubelet: 1, side: settings.patch, bias: false),
            classToken: try reader.tensor(start + "embeddings.class_embedding", [width]),
            positions: try reader.tensor(table, [reader.length(table), width]),
            normBefore: try reader.norm(start + "pre_layrnorm", width, epsilon: epsilon),
            blocks: try reader.blocks(
                names, count: settings.depth, .init(width: width, hidden: settings.hidden, epsilon: epsilon)),
            finalNorm: try reader.norm(start + "post_layernorm", width, epsilon: epsilon))
        if reader.has("visual_projection.weight") {
            weights.pooled.projection = try reader.linear(
                "visual_projection", reader.length("visual_projection.weight"), width, bias: false)
        }
        return (settings, weights)
    }

    private static func readOpenAI(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, isOpenAI: Bool
    ) throws -> (TransformerSettings, TransformerWeights) {
        let start = "visual.", names = openAIBlocks(start), table = start + "positional_embedding"
        let width = reader.length(start + "conv1.weight")
        let headWidth = try configuration.section("model_cfg").section("vision_cfg").count("head_width")
        let settings = try settings(
            reader, patch: start + "conv1", table: table, layers: names.layers, expand: names.expand,
            heads: configuration.count("vision_heads") ?? headWidth.map { max(1, width / $0) },
            activation: activation(configuration, isOpenAI: isOpenAI), configuration)
        let epsilon: Float = 1e-5
        var weights = TransformerWeights(
            patch: try reader.patches(start + "conv1", width: width, tubelet: 1, side: settings.patch, bias: false),
            classToken: try reader.tensor(start + "class_embedding", [width]),
            positions: try reader.tensor(table, [reader.length(table), width]),
            normBefore: try reader.norm(start + "ln_pre", width, epsilon: epsilon),
            blocks: try reader.blocks(
                names, count: settings.depth, .init(width: width, hidden: settings.hidden, epsilon: epsilon)),
            finalNorm: try reader.norm(start + "ln_post", width, epsilon: epsilon))
        if reader.has(start + "proj") {
            weights.pooled.projection = try reader.transposed(
                start + "proj", reader.shape(start + "proj")?.last ?? 1, width)
        }
        return (settings, weights)
    }
}
