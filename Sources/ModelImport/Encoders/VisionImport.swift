import Networks
public import SViLM
import Tensors

/// Weights of a published vision transformer as the beginning of a video encoder.
///
/// - Patch embeddings of pictures become those of the later of a tubelet's two frames, the central one, and 0 for the
///   other (Arnab et al., 2021, section 3.4); those of VideoMAE are of two frames already. For mean-difference tubelets
///   they are turned by the same map as the frames.
/// - Position embeddings of pictures become those in space, interpolated to the encoder's grid; those in time begin at 0.
///   VideoMAE's are fixed and not in its file, so the encoder's own stay.
/// - Attention, feed-forward networks and normalisations are taken layer by layer. Class token, CLIP's normalisation before
///   the first layer, and all heads have no place. CLIP's activation is another approximation of GELU.
/// - Group tokens, grouping blocks and projections keep their random values.
public enum VisionImport {
    /// The kind of model, which says what its tensors are called.
    public enum Model: String, Sendable, CaseIterable {
        case clip, vit, videomae

        var names: [VisionNames] {
            switch self {
            case .clip: return [.transformersCLIP, .openAICLIP]
            case .vit, .videomae: return [.transformersViT, .timm]
            }
        }
    }

    /// Fills an encoder of the same width and depth. Nothing is changed unless everything fits.
    ///
    /// - Throws: `TensorFileError`, `NetworkError` or `SViLMError`.
    public static func fill(_ encoder: VideoEncoder, from path: String, of model: Model) throws -> ImportReport {
        let file = try SafetensorsFile(path: path)
        let choices = model.names.flatMap { names in names.prefixes.map { (names, $0) } }
        guard let (names, prefix) = choices.first(where: { file.entries["\($1)\($0.patches).weight"] != nil }) else {
            let expected = (model.names.first?.prefixes.first ?? "") + (model.names.first?.patches ?? "") + ".weight"
            throw TensorFileError.missingTensor(file: path, name: expected)
        }
        var weights = ForeignWeights(file, prefix: prefix)
        let layers = weights.layerCount(names.layers)
        guard layers == encoder.configuration.depth else {
            throw SViLMError.unfit(
                setting: path,
                problem: "has \(layers) layers, the encoder \(encoder.configuration.depth); give a configuration"
                    + " with depth \(layers)")
        }
        // Filled into a copy first, so that a file that does not fit leaves the encoder alone.
        let copy = VideoEncoder(encoder.configuration, seed: 0)
        for (target, source) in zip(copy.parameters, encoder.parameters) { target.value = source.value }
        try fillPatches(of: copy, from: &weights, names: names)
        try fillPositions(of: copy, from: &weights, names: names)
        for (number, block) in copy.blocks.enumerated() {
            let layer = "\(names.layers).\(number)."
            try weights.fill(block.attentionNorm, from: layer + names.attentionNorm)
            try weights.fill(block.feedForwardNorm, from: layer + names.feedForwardNorm)
            try weights.fill(block.feedForward.expand, from: layer + names.expand)
            try weights.fill(block.feedForward.contract, from: layer + names.contract)
            try weights.fill(block.attention.projection, from: layer + names.projection)
            try fillAttention(block.attention, from: &weights, layer: layer, names: names.attention)
        }
        if let norm = names.finalNorms.first(where: { weights.has($0 + ".weight") }) {
            try weights.fill(copy.norm, from: norm)
        } else if let norm = names.finalNorms.first(where: { file.entries[$0 + ".weight"] != nil }) {
            // The classifiers of `transformers` keep VideoMAE's last normalisation beside the encoder.
            try weights.fill(copy.norm, fromOutside: norm)
        }
        for (target, source) in zip(encoder.parameters, copy.parameters) { target.value = source.value }
        return ImportReport(random: weights.unfilled(of: copy), unused: weights.unused)
    }

    private static func fillPatches(
        of encoder: VideoEncoder, from weights: inout ForeignWeights, names: VisionNames
    ) throws {
        let configuration = encoder.configuration
        let kernel = try weights.tensor(names.patches + ".weight")
        let (width, patch) = (configuration.width, configuration.patchSize)
        let isVideo = kernel.rank == 5
        let expected = isVideo ? [width, 3, 2, patch, patch] : [width, 3, patch, patch]
        guard kernel.shape == expected else {
            throw NetworkError.shapeMismatch(
                file: weights.file.path, name: weights.prefix + names.patches + ".weight", found: kernel.shape,
                expected: expected)
        }
        // Tubelets are ordered frame, row, column, channel.
        let half = patch * patch * 3
        let first: Tensor, second: Tensor
        if isVideo {
            let ordered = kernel.transposed([2, 0, 3, 4, 1]).reshaped([2, width, half])
            first = ordered.slice(axis: 0, 0..<1).reshaped([width, half])
            second = ordered.slice(axis: 0, 1..<2).reshaped([width, half])
        } else {
            first = .zeros([width, half])
            second = kernel.transposed([0, 2, 3, 1]).reshaped([width, half])
        }
        var parts = [first, second]
        if configuration.tubelet == .meanDifference {
            // With mean m and difference d = s (b - a) the frames are a = m - d / 2s and b = m + d / 2s.
            parts = [first + second, (second - first) * (1 / Float(2 * configuration.differenceScale))]
        }
        try weights.fill(
            encoder.tubeletEmbedding.weight, with: .concatenated(parts, axis: 1), name: names.patches + ".weight")
        if weights.has(names.patches + ".bias") {
            try weights.fill(encoder.tubeletEmbedding.bias, from: names.patches + ".bias")
        } else if let bias = encoder.tubeletEmbedding.bias {
            try weights.fill(bias, with: .zeros(bias.shape), name: names.patches + ".bias")
        }
    }

    private static func fillPositions(
        of encoder: VideoEncoder, from weights: inout ForeignWeights, names: VisionNames
    ) throws {
        guard let name = names.positions, weights.has(name) else { return }
        let width = encoder.configuration.width, grid = encoder.configuration.gridSize
        let table = try weights.tensor(name)
        let rows = table.count / max(1, width)
        let side = Int(Double(max(0, rows - 1)).squareRoot().rounded())
        guard table.shape.last == width, side > 0, side * side == rows - 1 else {
            throw SViLMError.unfit(
                setting: weights.file.path,
                problem: "has position embeddings \(table.shape), which are no class token and square"
                    + " of patches of width \(width)")
        }
        var space = table.reshaped([rows, width]).slice(axis: 0, 1..<rows)
        if side != grid {
            space = space.reshaped([1, side, side * width]).interpolated(toLength: grid)
                .reshaped([grid, side, width]).interpolated(toLength: grid).reshaped([grid * grid, width])
        }
        try weights.fill(encoder.position.space, with: space, name: name)
        try weights.fill(encoder.position.time, with: .zeros(encoder.position.time.shape), name: name)
    }

    private static func fillAttention(
        _ attention: SelfAttention, from weights: inout ForeignWeights, layer: String, names: VisionNames.Attention
    ) throws {
        let layers = [attention.query, attention.key, attention.value]
        let width = attention.query.weight.shape[0]
        switch names {
        case .apart(let query, let key, let value):
            for (linear, name) in zip(layers, [query, key, value]) {
                try weights.fill(linear.weight, from: layer + name + ".weight")
            }
            if weights.has(layer + query + ".bias") {
                for (linear, name) in zip(layers, [query, key, value]) {
                    try weights.fill(linear.bias, from: layer + name + ".bias")
                }
            } else {
                // `attention.attention.query` stands beside `attention.attention.q_bias`.
                let folder = layer + query.split(separator: ".").dropLast().joined(separator: ".") + "."
                try fillSparseBiases(of: layers, from: &weights, folder: folder)
            }
        case .together(let weight, let bias):
            let joined = try weights.tensor(layer + weight)
            guard joined.shape == [3 * width, width] else {
                throw NetworkError.shapeMismatch(
                    file: weights.file.path, name: weights.prefix + layer + weight, found: joined.shape,
                    expected: [3 * width, width])
            }
            for (place, linear) in layers.enumerated() {
                let part = joined.slice(axis: 0, (place * width)..<((place + 1) * width))
                try weights.fill(linear.weight, with: part, name: layer + weight)
            }
            guard weights.has(layer + bias) else {
                let folder = layer + weight.split(separator: ".").dropLast(2).joined(separator: ".") + "."
                return try fillSparseBiases(of: layers, from: &weights, folder: folder)
            }
            let biases = try weights.tensor(layer + bias)
            for (place, linear) in layers.enumerated() {
                guard let target = linear.bias else { continue }
                guard biases.shape == [3 * width] else {
                    throw NetworkError.shapeMismatch(
                        file: weights.file.path, name: weights.prefix + layer + bias, found: biases.shape,
                        expected: [3 * width])
                }
                let part = biases.slice(axis: 0, (place * width)..<((place + 1) * width))
                try weights.fill(target, with: part, name: layer + bias)
            }
        }
    }

    /// VideoMAE has biases of queries and values only.
    private static func fillSparseBiases(
        of layers: [Linear], from weights: inout ForeignWeights, folder: String
    ) throws {
        for (linear, name) in zip(layers, ["q_bias", "k_bias", "v_bias"]) {
            guard let bias = linear.bias else { continue }
            if weights.has(folder + name) {
                try weights.fill(bias, from: folder + name)
            } else {
                try weights.fill(bias, with: .zeros(bias.shape), name: folder + name)
            }
        }
    }
}
