/// What a release of a vision transformer calls its tensors.
struct VisionNames: Sendable {
    /// Possible beginnings of all names.
    var prefixes: [String]
    /// The embedding of patches, without `.weight`.
    var patches: String
    /// The position embedding, whose first row is that of the class token.
    var positions: String?
    /// Layers are `layers.NUMBER.`.
    var layers: String
    var attentionNorm: String
    var feedForwardNorm: String
    var expand: String
    var contract: String
    var projection: String
    var attention: Attention
    /// The normalisations after the last layer, the first that is there.
    var finalNorms: [String]

    enum Attention: Sendable {
        /// Three layers.
        case apart(query: String, key: String, value: String)
        /// One layer of three times the channels.
        case together(weight: String, bias: String)
    }

    /// The names of the `transformers` library for ViT and VideoMAE.
    static let transformersViT = VisionNames(
        prefixes: ["", "vit.", "videomae."], patches: "embeddings.patch_embeddings.projection",
        positions: "embeddings.position_embeddings", layers: "encoder.layer", attentionNorm: "layernorm_before",
        feedForwardNorm: "layernorm_after", expand: "intermediate.dense", contract: "output.dense",
        projection: "attention.output.dense",
        attention: .apart(
            query: "attention.attention.query", key: "attention.attention.key", value: "attention.attention.value"),
        finalNorms: ["layernorm", "fc_norm"])

    /// The names of the authors' releases of ViT (in `timm`) and VideoMAE.
    static let timm = VisionNames(
        prefixes: ["", "encoder.", "module."], patches: "patch_embed.proj", positions: "pos_embed", layers: "blocks",
        attentionNorm: "norm1", feedForwardNorm: "norm2", expand: "mlp.fc1", contract: "mlp.fc2",
        projection: "attn.proj", attention: .together(weight: "attn.qkv.weight", bias: "attn.qkv.bias"),
        finalNorms: ["norm", "fc_norm"])

    /// The names of the `transformers` library for CLIP.
    static let transformersCLIP = VisionNames(
        prefixes: ["vision_model.", ""], patches: "embeddings.patch_embedding",
        positions: "embeddings.position_embedding.weight", layers: "encoder.layers", attentionNorm: "layer_norm1",
        feedForwardNorm: "layer_norm2", expand: "mlp.fc1", contract: "mlp.fc2", projection: "self_attn.out_proj",
        attention: .apart(query: "self_attn.q_proj", key: "self_attn.k_proj", value: "self_attn.v_proj"),
        finalNorms: ["post_layernorm"])

    /// The names of the authors' release of CLIP.
    static let openAICLIP = VisionNames(
        prefixes: ["visual.", ""], patches: "conv1", positions: "positional_embedding", layers: "transformer.resblocks",
        attentionNorm: "ln_1", feedForwardNorm: "ln_2", expand: "mlp.c_fc", contract: "mlp.c_proj",
        projection: "attn.out_proj", attention: .together(weight: "attn.in_proj_weight", bias: "attn.in_proj_bias"),
        finalNorms: ["ln_post"])
}
