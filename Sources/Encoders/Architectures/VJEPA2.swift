import Tensors

/// V-JEPA 2 (Assran et al., 2025) and V-JEPA 2.1 (2026).
///
/// |   | width | depth | heads | hidden | pixels |
/// |---|---|---|---|---|---|
/// | 2.1 B | 768 | 12 | 12 | 3072 | 384 |
/// | L | 1024 | 24 | 16 | 4096 | 256 (2.1: 384) |
/// | 2 H | 1280 | 32 | 16 | 5120 | 256 |
/// | g | 1408 | 40 | 22 | 6144 | 256, 384 |
///
/// Published names: Hugging Face's (`encoder.layer.N.attention.query`) and the official ones (`module.backbone.blocks.N.attn.qkv`,
/// in `target_encoder` or `encoder`; 2.1 in `ema_encoder` or `target_encoder`). A predictor beside it and a `pos_embed` are left alone.
///
/// What differs from the plain block: positions are rotations (``RotaryPositions``); the feature is the mean of the normalised
/// tokens. Hugging Face derives rows and columns from `crop_size`, the official code from the frames, and Hugging Face repeats a
/// single frame. In 2.1 the rotation is a true one, rows and columns are rescaled to a grid of 16, a vector is added to all
/// tokens, single pictures have an embedding and a vector of their own, and the last of `norms_block` is the final norm.
enum VJEPA2: PublishedArchitecture {
    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        for prefix in ["", "vjepa2."] where file.shapes[prefix + "encoder.layer.0.attention.proj.weight"] != nil {
            guard file.shapes[prefix + "encoder.embeddings.patch_embeddings.proj.weight"] != nil else { continue }
            return ArchitectureReader(
                family: "V-JEPA 2", names: "Hugging Face", blocks: prefix + "encoder.layer",
                otherParts: [prefix + "predictor.", "pooler.", "classifier."]
            ) { try readHuggingFace(&$0, $1, prefix + "encoder.") }
        }
        for prefix in ["", "module.backbone.", "backbone.", "module."] {
            guard file.shapes[prefix + "blocks.0.attn.qkv.bias"] != nil,
                file.shapes[prefix + "patch_embed.proj.weight"]?.count == 5
            else { continue }
            let isLater = file.shapes[prefix + "norms_block.0.weight"] != nil
            guard isLater || file.shapes[prefix + "norm.weight"] != nil else { continue }
            return ArchitectureReader(
                family: isLater ? "V-JEPA 2.1" : "V-JEPA 2", names: "official", blocks: prefix + "blocks",
                otherParts: [prefix + "pos_embed", prefix + "norms_block.", prefix + "predictor_embed."]
            ) { try readOfficial(&$0, $1, prefix, isLater: isLater) }
        }
        return nil
    }

    private static func settings(
        _ reader: WeightReader, _ configuration: ModelConfiguration, patch name: String, layers: String,
        imageSize: Int, rotary: TransformerSettings.Rotary
    ) throws -> TransformerSettings {
        let (width, tubelet, patch) = try reader.patchSizes(name + ".weight")
        let heads = [1280: 16, 1408: 22][width] ?? max(1, width / 64)
        var settings = TransformerSettings(
            width: width, depth: try configuration.count("num_hidden_layers", "depth") ?? reader.layerCount(layers),
            heads: try configuration.count("num_attention_heads", "num_heads") ?? heads,
            hidden: reader.length("\(layers).0.mlp.fc1.weight"), patch: patch, tubelet: tubelet,
            imageSize: try configuration.count("crop_size", "img_size") ?? imageSize,
            frames: try configuration.count("frames_per_clip", "num_frames") ?? 64, positions: .rotary(rotary),
            activation: try configuration.activation("hidden_act") ?? .gelu, pooling: .mean)
        settings.frames = max(tubelet, settings.frames / tubelet * tubelet)
        try settings.validate(reader.file, configuration)
        guard (width / settings.heads) % 2 == 0 else {
            throw EncoderError.configuration(
                file: configuration.path ?? reader.file.path,
                problem: "heads of \(width / settings.heads) channels cannot be rotated in pairs")
        }
        return settings
    }

    private static func readHuggingFace(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, _ prefix: String
    ) throws -> (TransformerSettings, TransformerWeights) {
        let patch = prefix + "embeddings.patch_embeddings.proj"
        var settings = try settings(
            reader, configuration, patch: patch, layers: prefix + "layer", imageSize: 256,
            rotary: .init(isTrueRotation: false))
        if let side = try configuration.count("crop_size") {
            settings.positions = .rotary(.init(isTrueRotation: false, assumedGrid: max(1, side / settings.patch)))
        }
        settings.repeatsFrames = true
        let names = BlockNames(
            layers: prefix + "layer", attentionNorm: "norm1",
            attention: .separate(query: "attention.query", key: "attention.key", value: "attention.value"),
            projection: "attention.proj", feedForwardNorm: "norm2", expand: "mlp.fc1", contract: "mlp.fc2")
        return (
            settings,
            try weights(
                &reader, settings, patch: patch, names: names, norm: prefix + "layernorm",
                epsilon: configuration.epsilon("layer_norm_eps") ?? 1e-6)
        )
    }

    private static func readOfficial(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, _ prefix: String, isLater: Bool
    ) throws -> (TransformerSettings, TransformerWeights) {
        let patch = prefix + "patch_embed.proj"
        let trainedGrid = isLater ? try configuration.count("pretrained_grid") ?? 16 : nil
        let settings = try settings(
            reader, configuration, patch: patch, layers: prefix + "blocks", imageSize: isLater ? 384 : 256,
            rotary: .init(isTrueRotation: isLater, trainedGrid: trainedGrid))
        let names = BlockNames(
            layers: prefix + "blocks", attentionNorm: "norm1",
            attention: .stacked(weight: "attn.qkv.weight", bias: "attn.qkv.bias"), projection: "attn.proj",
            feedForwardNorm: "norm2", expand: "mlp.fc1", contract: "mlp.fc2")
        let norm = isLater ? "norms_block.\(reader.layerCount(prefix + "norms_block") - 1)" : "norm"
        var weights = try weights(
            &reader, settings, patch: patch, names: names, norm: prefix + norm,
            epsilon: configuration.epsilon("layer_norm_eps") ?? 1e-6)
        guard isLater else { return (settings, weights) }
        let width = settings.width
        weights.videoVector = try reader.tensor(prefix + "video_mod_embed", [width])
        if reader.has(prefix + "patch_embed_img.proj.weight") {
            weights.picturePatch = try reader.patches(
                prefix + "patch_embed_img.proj", width: width, tubelet: 1, side: settings.patch, bias: true)
            weights.pictureVector = try reader.tensor(prefix + "img_mod_embed", [width])
        }
        return (settings, weights)
    }

    private static func weights(
        _ reader: inout WeightReader, _ settings: TransformerSettings, patch: String, names: BlockNames, norm: String,
        epsilon: Float
    ) throws -> TransformerWeights {
        TransformerWeights(
            patch: try reader.patches(
                patch, width: settings.width, tubelet: settings.tubelet, side: settings.patch, bias: true),
            blocks: try reader.blocks(
                names, count: settings.depth,
                .init(width: settings.width, hidden: settings.hidden, epsilon: epsilon)),
            finalNorm: try reader.norm(norm, settings.width, epsilon: epsilon))
    }
}
