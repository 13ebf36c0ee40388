/// Says what a file of tensors looks like that holds no known encoder.
package enum FileRecognition {
    private static let marks: [(name: String, model: String)] = [
        ("pos_embed_spatial", "an InternVideo2 with separate position tables, which is not read"),
        ("bert.embeddings.word_embeddings.weight", "BERT, a text encoder"),
        ("embeddings.word_embeddings.weight", "BERT, a text encoder"),
        ("vit.encoder.layer.0.attention.attention.query.weight", "a ViT classifier of pictures from Hugging Face"),
        ("tubelet_embedding.weight", "an S-ViLM encoder of this program; its configuration is a YAML file"),
        ("_blocks.0._se_reduce.weight", "an EfficientNet with squeeze-and-excitation, of which only Lite0 is read"),
        ("_conv_stem.weight", "EfficientNet-Lite0"),
        ("layer1.0.conv1.weight", "a ResNet"),
        ("layer1.0.conv1.0.weight", "an R(2+1)D network such as TSP's"),
        ("Conv3d_1a_7x7.conv3d.weight", "I3D"),
        ("cls_head.cls_head.conv.weight", "an ActionFormer, which finds actions and encodes nothing"),
        ("register_tokens", "DINOv2 under its official names; take Hugging Face's file of it"),
        ("head.weight", "a classifier without the encoder below it"),
        ("classifier.weight", "a classifier without the encoder below it"),
        ("fc_norm.weight", "the end of an encoder without its blocks"),
    ]

    package static func description(of file: PublishedFile) -> String {
        func has(_ name: String) -> Bool { file.shapes[name] != nil }
        if has("blocks.0.attn.qkv.weight"), has("patch_embed.proj.weight") {
            return has("blocks.0.ls1.gamma")
                ? "DINOv2 under its official names; take Hugging Face's file of it"
                : "a vision transformer under timm's names, whose family they do not tell"
        }
        if has("clip_projector.cross_attn.proj.weight") || file.names.allSatisfy({ $0.contains("projector") }) {
            return "the projector of an encoder, without the encoder"
        }
        if let mark = marks.first(where: { has($0.name) }) { return mark.model }
        if has("text_model.embeddings.token_embedding.weight") { return "a text tower without its image tower" }
        let first = file.names.prefix(3).joined(separator: ", ")
        return "a model with \(file.shapes.count) tensors such as \(first)"
    }
}
