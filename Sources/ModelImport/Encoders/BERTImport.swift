import Configuration
import Networks
public import SViLM
import Tensors

/// A published BERT as text encoder: any size, under the names of the official release in safetensors.
///
/// The embedding of the first segment is added to the position embedding, since a single text is all of that segment. The
/// projection to the common space is new and random. The pooler and the heads of BERT's own training have no place.
public enum BERTImport {
    /// Reads the weights; sizes follow from the tensors.
    ///
    /// - Parameters:
    ///   - path: the PyTorch or safetensors file.
    ///   - vocabulary: the vocabulary of the same model.
    ///   - heads: attention heads; one for 64 channels where `nil`, as in every official size.
    ///   - maximumLength: pieces of a text; at most BERT's own 512.
    ///   - commonSpace: channels shared with video.
    ///   - seed: for the projection to the common space, which BERT does not have.
    /// - Throws: `TensorFileError`, `NetworkError`, `ConfigurationError` or `SViLMError`.
    public static func textEncoder(
        from path: String, vocabulary: WordPieceVocabulary, heads: Int? = nil, maximumLength: Int = 32,
        commonSpace: Int = 256, seed: UInt64
    ) throws -> (encoder: TextEncoder, report: ImportReport) {
        let file = try SafetensorsFile(path: path)
        let name = "embeddings.word_embeddings.weight"
        guard let prefix = ["", "bert.", "model."].first(where: { file.entries[$0 + name] != nil }),
            let words = file.entries[prefix + name]?.shape, words.count == 2
        else { throw TensorFileError.missingTensor(file: path, name: name) }
        var weights = ForeignWeights(file, prefix: prefix)
        guard words[0] == vocabulary.pieces.count else {
            throw SViLMError.unfit(
                setting: path,
                problem: "has \(words[0]) word pieces, the vocabulary \(vocabulary.pieces.count); give the"
                    + " vocabulary of this model")
        }
        let positions = try weights.tensor("embeddings.position_embeddings.weight")
        guard positions.rank == 2, positions.shape[1] == words[1], positions.shape[0] >= maximumLength else {
            throw SViLMError.unfit(
                setting: path,
                problem: "has position embeddings \(positions.shape); texts of \(maximumLength) pieces need"
                    + " as many rows")
        }
        guard (1...65536).contains(commonSpace) else {
            throw SViLMError.unfit(setting: "the common space", problem: "must have from 1 to 65536 channels")
        }
        var configuration = TextConfiguration()
        configuration.width = words[1]
        configuration.depth = weights.layerCount("encoder.layer")
        configuration.heads = heads ?? max(1, words[1] / 64)
        configuration.maximumLength = maximumLength
        if let hidden = file.entries[prefix + "encoder.layer.0.intermediate.dense.weight"]?.shape.first {
            configuration.feedForwardRatio = max(1, hidden / max(1, words[1]))
        }
        try configuration.validate()

        let encoder = TextEncoder(
            configuration, vocabularySize: words[0], commonSpace: commonSpace, seed: seed)
        try weights.fill(encoder.pieceEmbedding.weight, from: name)
        var position = positions.slice(axis: 0, 0..<maximumLength)
        if weights.has("embeddings.token_type_embeddings.weight") {
            let types = try weights.tensor("embeddings.token_type_embeddings.weight")
            guard types.rank == 2, types.shape[0] > 0, types.shape[1] == words[1] else {
                throw SViLMError.unfit(
                    setting: path,
                    problem: "has token type embeddings \(types.shape), which do not fit its width \(words[1])")
            }
            position = position + types.slice(axis: 0, 0..<1)
        }
        try weights.fill(encoder.position, with: position, name: "embeddings.position_embeddings.weight")
        try weights.fill(encoder.embeddingNorm, from: "embeddings.LayerNorm")
        for (number, block) in encoder.blocks.enumerated() {
            let layer = "encoder.layer.\(number)."
            try weights.fill(block.attention.query, from: layer + "attention.self.query")
            try weights.fill(block.attention.key, from: layer + "attention.self.key")
            try weights.fill(block.attention.value, from: layer + "attention.self.value")
            try weights.fill(block.attention.projection, from: layer + "attention.output.dense")
            try weights.fill(block.attentionNorm, from: layer + "attention.output.LayerNorm")
            try weights.fill(block.feedForward.expand, from: layer + "intermediate.dense")
            try weights.fill(block.feedForward.contract, from: layer + "output.dense")
            try weights.fill(block.feedForwardNorm, from: layer + "output.LayerNorm")
        }
        let report = ImportReport(random: weights.unfilled(of: encoder), unused: weights.unused)
        return (encoder, report)
    }
}
