import Tensors

/// InternVideo2 (Wang et al., 2024), of the single modality.
///
/// |   | width | depth | heads | hidden |
/// |---|---|---|---|---|
/// | S | 384 | 12 | 6 | 1536 |
/// | B | 768 | 12 | 12 | 3072 |
/// | L | 1024 | 24 | 16 | 4096 |
/// | 1B | 1408 | 40 | 16 | 6144 |
///
/// Patches of 14 x 14 of one frame; 224 pixels give 256 tokens a frame. Published names are the official ones (`blocks.N.attn.q_norm`,
/// `ls1.gamma`), bare or under `backbone.` or `encoder.`. The decoders of stage-1 files are left alone.
///
/// What differs from the plain block: norms are RMSNorms, also of queries and keys over the full width; queries, keys and values
/// have no biases; layer scales; no final norm. The table of positions is in the file, made for 8 frames in the published ones and
/// stretched for others. The feature is the mean of all tokens but the class token; the classes come from an attention pool of
/// 16 heads. The published runs use GELU by the hyperbolic tangent, since their fused network does; `act` in a configuration
/// beside the weights chooses.
enum InternVideo2: PublishedArchitecture {
    static func reader(of file: PublishedFile) -> ArchitectureReader? {
        for prefix in ["", "backbone.", "encoder.", "module."]
        where file.shapes[prefix + "blocks.0.attn.q_norm.weight"] != nil {
            guard file.shapes[prefix + "pos_embed"] != nil else { continue }
            return ArchitectureReader(
                family: "InternVideo2", names: "official", blocks: prefix + "blocks",
                otherParts: [prefix + "clip_decoder.", prefix + "final_clip_decoder."]
            ) { try read(&$0, $1, prefix) }
        }
        return nil
    }

    private static func read(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, _ prefix: String
    ) throws -> (TransformerSettings, TransformerWeights) {
        let patchName = prefix + "patch_embed.proj", table = prefix + "pos_embed"
        let (width, tubelet, patch) = try reader.patchSizes(patchName + ".weight")
        let frames = try configuration.count("num_frames") ?? 8
        let rows = (reader.shape(table)?.dropLast().last ?? 0) - 1
        let times = max(1, frames / tubelet)
        guard rows % times == 0 else {
            throw EncoderError.misfit(
                file: reader.file.path, model: "InternVideo2 of \(frames) frames",
                problems: ["\(table) has shape \(reader.shape(table) ?? [])"])
        }
        var settings = TransformerSettings(
            width: width, depth: try configuration.count("depth") ?? reader.layerCount(prefix + "blocks"),
            heads: try configuration.count("num_heads") ?? [1408: 16, 3200: 25][width] ?? max(1, width / 64),
            hidden: reader.length(prefix + "blocks.0.mlp.fc1.weight"), patch: patch, tubelet: tubelet,
            imageSize: try reader.side(rows / times, table: table) * patch, frames: frames,
            positions: .table(antialias: false), activation: try configuration.activation("act") ?? .geluTanh,
            pooling: .mean)
        settings.prefixTokens = 1
        try settings.validate(reader.file, configuration)
        let names = BlockNames(
            layers: prefix + "blocks", attentionNorm: "norm1",
            attention: .stacked(weight: "attn.qkv.weight", bias: nil), projection: "attn.proj",
            feedForwardNorm: "norm2", expand: "mlp.fc1", contract: "mlp.fc2", scales: ["ls1.gamma", "ls2.gamma"],
            queryKeyNorms: ["attn.q_norm", "attn.k_norm"])
        var weights = TransformerWeights(
            patch: try reader.patches(patchName, width: width, tubelet: tubelet, side: patch, bias: true),
            classToken: try reader.tensor(prefix + "cls_token", [width]),
            positions: try reader.tensor(table, [rows + 1, width]),
            blocks: try reader.blocks(
                names, count: settings.depth,
                .init(
                    width: width, hidden: settings.hidden,
                    epsilon: configuration.epsilon("rms_norm_eps") ?? 1e-6, normBias: false)))
        if reader.has(prefix + "clip_projector.cross_attn.q.weight") {
            try readProjector(&reader, configuration, prefix, width: width, into: &weights)
        }
        return (settings, weights)
    }

    private static func readProjector(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration, _ prefix: String, width: Int,
        into weights: inout TransformerWeights
    ) throws {
        let epsilon = try configuration.epsilon("layer_norm_eps") ?? 1e-5
        let start = prefix + "clip_projector."
        func part(_ name: String, in reader: inout WeightReader) throws -> LinearWeights {
            LinearWeights(
                weight: try reader.tensor("\(start)cross_attn.\(name).weight", [width, width]),
                bias: try reader.tensor("\(start)cross_attn.\(name)_bias", [width]))
        }
        let channels = reader.length(start + "cross_attn.proj.weight")
        let heads = try configuration.count("attn_pool_num_heads") ?? 16
        guard width % heads == 0 else {
            throw EncoderError.configuration(
                file: configuration.path ?? reader.file.path,
                problem: "\(heads) heads of the attention pool do not divide the width, \(width)")
        }
        weights.pooled.projector = AttentionProjectorWeights(
            queryNorm: try reader.norm(start + "norm1_q", width, epsilon: epsilon),
            keyNorm: try reader.norm(start + "norm1_k", width, epsilon: epsilon),
            valueNorm: try reader.norm(start + "norm1_v", width, epsilon: epsilon),
            query: try part("q", in: &reader), key: try part("k", in: &reader), value: try part("v", in: &reader),
            projection: try reader.linear(start + "cross_attn.proj", channels, width), heads: heads)
        if reader.has(prefix + "fc_norm.weight") {
            weights.pooled.norm = try reader.norm(prefix + "fc_norm", channels, epsilon: epsilon)
        }
        if reader.has(prefix + "head.weight") {
            weights.pooled.classifier = try reader.linear(
                prefix + "head", reader.length(prefix + "head.weight"), channels)
        }
    }
}
