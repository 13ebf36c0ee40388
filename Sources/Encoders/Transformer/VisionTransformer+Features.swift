public import Tensors

extension VisionTransformer {
    /// What of a clip is kept as its feature.
    public enum Feature: String, Sendable, CaseIterable {
        /// The model's own vector of a clip: see ``TransformerSettings/Pooling``.
        case pooled
        /// The means over rows and columns, one for each step in time.
        case perStep = "per_step"
        /// The pooled vector in the space shared with texts.
        case imageEmbeds = "image_embeds"
        /// The mean of the tokens of patches.
        case patchMean = "patch_mean"
        /// The mean of tokens before the normalisation of the pooled vector.
        case mean
        /// The scores of the model's own classes.
        case logits
    }

    /// Whether the model has what a feature is made from.
    public func has(_ feature: Feature) -> Bool {
        switch feature {
        case .pooled, .perStep, .patchMean, .mean: return true
        case .imageEmbeds: return weights.pooled.projection != nil
        case .logits: return weights.pooled.classifier != nil
        }
    }

    /// Values in a row of a feature.
    public func channels(_ feature: Feature) -> Int {
        switch feature {
        case .pooled, .perStep, .patchMean, .mean: return settings.width
        case .imageEmbeds: return weights.pooled.projection?.weight.shape[0] ?? 0
        case .logits: return weights.pooled.classifier?.weight.shape[0] ?? 0
        }
    }

    /// `[rows, channels]`; one row but for ``Feature/perStep``.
    ///
    /// The feature must be one that the model ``has(_:)``.
    public func feature(_ feature: Feature, of encoded: EncodedTokens) -> Tensor {
        switch feature {
        case .pooled: return pooled(encoded)
        case .patchMean, .mean: return mean(encoded)
        case .perStep:
            let grid = encoded.grid
            return encoded.patches.reshaped([grid.times, grid.rows * grid.columns, settings.width]).mean(axes: [1])
        case .imageEmbeds:
            guard let projection = weights.pooled.projection else { return Tensor.zeros([1, 0]) }
            return projection(pooled(encoded))
        case .logits:
            guard let classifier = weights.pooled.classifier else { return Tensor.zeros([1, 0]) }
            if let projected = projected(encoded) {
                return classifier(weights.pooled.norm?(projected) ?? projected)
            }
            return classifier(pooled(encoded))
        }
    }

    private func mean(_ encoded: EncodedTokens) -> Tensor { encoded.patches.mean(axes: [0], keepsAxes: true) }

    private func pooled(_ encoded: EncodedTokens) -> Tensor {
        switch settings.pooling {
        case .classToken: return encoded.tokens.slice(axis: 0, 0..<1)
        case .attention: return weights.pooled.attentionPool?(encoded.tokens) ?? mean(encoded)
        case .mean:
            let mean = mean(encoded)
            // The norm of InternVideo2 belongs to its classes, not to its feature.
            guard weights.pooled.projector == nil, let norm = weights.pooled.norm else { return mean }
            return norm(mean)
        }
    }

    /// What attention makes of all tokens, where the model has such a projector.
    func projected(_ encoded: EncodedTokens) -> Tensor? { weights.pooled.projector?(encoded.tokens) }

    /// The projected vector normalised for the classes.
    func projectedNorm(_ encoded: EncodedTokens) -> Tensor? {
        projected(encoded).flatMap { weights.pooled.norm?($0) }
    }
}
