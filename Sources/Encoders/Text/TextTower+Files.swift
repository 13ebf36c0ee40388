import Tensors

extension TextTower {
    /// Reads the text tower of a CLIP or SigLIP file.
    ///
    /// - Returns: nil where the file has none.
    /// - Throws: ``EncoderError`` or `TensorFileError`.
    public init?(_ file: PublishedFile, configuration: ModelConfiguration = .none) throws {
        let isOpenAI = file.shapes["token_embedding.weight"] != nil && file.shapes["ln_final.weight"] != nil
        guard isOpenAI || file.shapes["text_model.embeddings.token_embedding.weight"] != nil else { return nil }
        func read(_ reader: inout WeightReader) throws -> TextTower {
            isOpenAI
                ? try Self.readOpenAI(&reader, configuration)
                : try Self.readHuggingFace(&reader, configuration.section("text_config"))
        }
        var check = WeightReader(file, checksOnly: true)
        let blocks = isOpenAI ? "transformer.resblocks" : "text_model.encoder.layers"
        do {
            _ = try read(&check)
            try check.requireFit("the text tower of CLIP or SigLIP", blocks: blocks)
        }
        var reader = WeightReader(file, checksOnly: false)
        self = try read(&reader)
    }

    private static func readHuggingFace(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration
    ) throws -> TextTower {
        let start = "text_model.", names = start + "encoder.layers"
        let isSigLIP = reader.has(start + "head.weight")
        let epsilon = try configuration.epsilon("layer_norm_eps") ?? (isSigLIP ? 1e-6 : 1e-5)
        let activation = try configuration.activation("hidden_act") ?? (isSigLIP ? .geluTanh : .quickGELU)
        var blocks = SigLIP.blocks
        blocks.layers = names
        let projection = isSigLIP ? start + "head" : "text_projection"
        let weights = try read(
            &reader, tokens: start + "embeddings.token_embedding.weight",
            positions: start + "embeddings.position_embedding.weight", blocks: blocks,
            norm: start + "final_layer_norm", epsilon: epsilon,
            heads: configuration.count("num_attention_heads"), activation: activation, isCausal: !isSigLIP
        ) { reader, width in
            try reader.linear(projection, reader.length(projection + ".weight"), width, bias: isSigLIP)
        }
        // The first configurations of CLIP name 2 as the end, which it is not; the highest number is meant then.
        let end = try configuration.count("eos_token_id")
        let pooling: Pooling = isSigLIP ? .last : end.map { $0 == 2 ? .highest : .first($0) } ?? .highest
        return try make(weights, pooling, &reader)
    }

    private static func readOpenAI(
        _ reader: inout WeightReader, _ configuration: ModelConfiguration
    ) throws -> TextTower {
        let text = configuration.section("model_cfg").section("text_cfg")
        let weights = try read(
            &reader, tokens: "token_embedding.weight", positions: "positional_embedding",
            blocks: CLIP.openAIBlocks(""), norm: "ln_final", epsilon: 1e-5,
            heads: configuration.count("transformer_heads") ?? text.count("heads"),
            activation: CLIP.activation(configuration, isOpenAI: reader.has("input_resolution")), isCausal: true
        ) { reader, width in
            try reader.transposed("text_projection", reader.shape("text_projection")?.last ?? 1, width)
        }
        return try make(weights, .highest, &reader)
    }

    private static func make(
        _ weights: TextWeights, _ pooling: Pooling, _ reader: inout WeightReader
    ) throws -> TextTower {
        func number(_ name: String) throws -> Float? {
            guard reader.has(name) else { return nil }
            let tensor = try reader.tensor(name, [1])
            return tensor.count == 1 ? tensor.scalar : nil
        }
        let scale = try number("logit_scale"), bias = try number("logit_bias")
        guard !reader.checksOnly else {
            // Sizes only matter once the weights are there.
            var empty = weights
            empty.tokens = .zeros([1, 1])
            empty.positions = .zeros([1, 1])
            empty.projection.weight = .zeros([1, 1])
            return TextTower(empty, pooling: pooling, logitScale: nil, logitBias: nil)
        }
        return TextTower(weights, pooling: pooling, logitScale: scale, logitBias: bias)
    }

    private static func read(
        _ reader: inout WeightReader, tokens: String, positions: String, blocks: BlockNames, norm: String,
        epsilon: Float, heads: Int?, activation: TransformerSettings.Activation, isCausal: Bool,
        projection: (inout WeightReader, Int) throws -> LinearWeights
    ) throws -> TextWeights {
        let width = max(1, reader.shape(tokens)?.last ?? 1), heads = heads ?? max(1, width / 64)
        guard width % heads == 0 else {
            throw EncoderError.configuration(
                file: reader.file.path, problem: "\(heads) heads do not divide the width of the text tower, \(width)")
        }
        let hidden = reader.length("\(blocks.layers).0.\(blocks.expand).weight")
        return TextWeights(
            tokens: try reader.tensor(tokens, [reader.length(tokens), width]),
            positions: try reader.tensor(positions, [reader.length(positions), width]),
            blocks: try reader.blocks(
                blocks, count: reader.layerCount(blocks.layers),
                .init(width: width, hidden: hidden, epsilon: epsilon)),
            norm: try reader.norm(norm, width, epsilon: epsilon), projection: try projection(&reader, width),
            context: .init(heads: heads, activation: activation, isCausal: isCausal))
    }
}
