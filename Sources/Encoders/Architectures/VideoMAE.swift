import Tensors

/// VideoMAE (Tong et al., 2022) and VideoMAEv2 (Wang et al., 2023).
///
/// |   | width | depth | heads | hidden | patch |
/// |---|---|---|---|---|---|
/// | S | 384 | 12 | 6 | 1536 | 16 |
/// | B | 768 | 12 | 12 | 3072 | 16 |
/// | L | 1024 | 24 | 16 | 4096 | 16 |
/// | H | 1280 | 32 | 16 | 5120 | 16 |
/// | g | 1408 | 40 | 16 | 6144 | 14 |
///
/// Published names: those of the official code (`blocks.N.attn.qkv.weight`, `q_bias`, `v_bias`), of its pre-trained files
/// (under `encoder.`, with a final norm and a decoder that is left alone), of mmaction2 (`backbone.`, `mlp.layers.0.0`), and of
/// Hugging Face (`videomae.encoder.layer.N`).
///
/// What differs from the plain block: keys have no bias. Positions are a fixed table over the flattened index that only
/// mmaction2 stores. There is no class token: the feature is `fc_norm` of the mean token in fine-tuned files, the mean of the
/// normalised tokens in pre-trained ones. Epsilons depend on the origin: 1e-6 everywhere in the official code; 1e-12 in the
/// blocks and 1e-5 in `fc_norm` in Hugging Face's. For other sizes Hugging Face computes a new table, the others resize it.
enum VideoMAE: PublishedArchitecture {
    /// The names of one origin.
    private struct Names {
        var origin: String
        var patch: String
        var blocks: BlockNames
        var finalNorm: String
        var pooledNorm: String
        var classifier: String
        /// The table of positions, where the file has it.
        var table: String?
        var epsilon: Float
        var pooledEpsilon: Float?
        var otherSizes: TransformerSettings.OtherSizes
    }

    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        guard let names = names(of: file) else { return nil }
        return ArchitectureReader(
            family: "VideoMAE", names: names.origin, blocks: names.blocks.layers,
            otherParts: ["decoder.", "encoder_to_decoder.", "mask_token"]
        ) { try read(&$0, $1, names) }
    }

    private static func names(of file: PublishedFile) -> Names? {
        for prefix in ["videomae.", ""] {
            let block = prefix + "encoder.layer.0.attention.attention."
            if file.shapes[block + "q_bias"] != nil { return huggingFace(prefix) }
        }
        for prefix in ["", "encoder.", "backbone."] where file.shapes[prefix + "blocks.0.attn.q_bias"] != nil {
            let isMMAction = file.shapes[prefix + "patch_embed.projection.weight"] != nil
            return official(prefix, isMMAction: isMMAction, hasScales: file.shapes[prefix + "blocks.0.gamma_1"] != nil)
        }
        return nil
    }

    private static func huggingFace(_ prefix: String) -> Names {
        Names(
            origin: "Hugging Face", patch: prefix + "embeddings.patch_embeddings.projection",
            blocks: BlockNames(
                layers: prefix + "encoder.layer", attentionNorm: "layernorm_before",
                attention: .separateWithoutKeyBias(
                    query: "attention.attention.query", key: "attention.attention.key",
                    value: "attention.attention.value", queryBias: "attention.attention.q_bias",
                    valueBias: "attention.attention.v_bias"),
                projection: "attention.output.dense", feedForwardNorm: "layernorm_after",
                expand: "intermediate.dense", contract: "output.dense"),
            finalNorm: prefix + "layernorm", pooledNorm: "fc_norm", classifier: "classifier", table: nil,
            epsilon: 1e-12, pooledEpsilon: 1e-5, otherSizes: .rebuilt)
    }

    private static func official(_ prefix: String, isMMAction: Bool, hasScales: Bool) -> Names {
        Names(
            origin: isMMAction ? "mmaction2" : "official",
            patch: prefix + (isMMAction ? "patch_embed.projection" : "patch_embed.proj"),
            blocks: BlockNames(
                layers: prefix + "blocks", attentionNorm: "norm1",
                attention: .stackedWithoutKeyBias(
                    weight: "attn.qkv.weight", queryBias: "attn.q_bias", valueBias: "attn.v_bias"),
                projection: "attn.proj", feedForwardNorm: "norm2",
                expand: isMMAction ? "mlp.layers.0.0" : "mlp.fc1", contract: isMMAction ? "mlp.layers.1" : "mlp.fc2",
                scales: hasScales ? ["gamma_1", "gamma_2"] : []),
            finalNorm: prefix + "norm", pooledNorm: prefix + "fc_norm",
            classifier: isMMAction ? "cls_head.fc_cls" : prefix + "head",
            table: isMMAction ? prefix + "pos_embed" : nil, epsilon: 1e-6, pooledEpsilon: nil, otherSizes: .resized)
    }

    private static func read(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, _ names: Names
    ) throws -> (TransformerSettings, TransformerWeights) {
        let (width, tubelet, patch) = try reader.patchSizes(names.patch + ".weight")
        let heads = [1280: 16, 1408: 16][width] ?? max(1, width / 64)
        let settings = TransformerSettings(
            width: width,
            depth: try configuration.count("num_hidden_layers", "depth", "encoder_depth")
                ?? reader.layerCount(names.blocks.layers),
            heads: try configuration.count("num_attention_heads", "num_heads", "encoder_num_heads") ?? heads,
            hidden: reader.length("\(names.blocks.layers).0.\(names.blocks.expand).weight"), patch: patch,
            tubelet: tubelet, imageSize: try configuration.count("image_size", "img_size") ?? 224,
            frames: try configuration.count("num_frames", "all_frames") ?? 16, positions: .sinusoid(names.otherSizes),
            activation: try configuration.activation("hidden_act") ?? .gelu, pooling: .mean)
        try settings.validate(reader.file, configuration)
        let epsilon = try configuration.epsilon("layer_norm_eps") ?? names.epsilon
        var weights = TransformerWeights(
            patch: try reader.patches(names.patch, width: width, tubelet: tubelet, side: patch, bias: true),
            blocks: try reader.blocks(
                names.blocks, count: settings.depth,
                .init(width: width, hidden: settings.hidden, epsilon: epsilon)))
        if let table = names.table, reader.has(table) {
            weights.positions = try reader.tensor(table, [settings.trainedGrid.count, width])
        }
        if reader.has(names.pooledNorm + ".weight") {
            weights.pooled.norm = try reader.norm(names.pooledNorm, width, epsilon: names.pooledEpsilon ?? epsilon)
        } else {
            weights.finalNorm = try reader.norm(names.finalNorm, width, epsilon: epsilon)
        }
        if reader.has(names.classifier + ".weight") {
            weights.pooled.classifier = try reader.linear(
                names.classifier, reader.length(names.classifier + ".weight"), width)
        }
        return (settings, weights)
    }
}
