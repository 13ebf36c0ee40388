public import Tensors

/// Inter-clip spatial grounding: every noun of a caption must find a group token of its video (L_g; paper, section 3.2).
///
/// `S(i, j) = 1/K_j Σ_k pool_m ⟨g_i^m, n_j^k⟩` over normalised group tokens `g` and noun prompts `n`; groups without a noun are
/// not penalised, since only the best group (or a soft maximum) counts.
public struct SpatialGrounding: Sendable {
    /// How the groups' similarities to one noun become one number.
    public enum Pooling: String, Codable, Sendable, CaseIterable {
        /// The largest.
        case max
        /// Their mean weighted by their softmax at ``SpatialGrounding/poolingTemperature``.
        case softmax
    }

    public var pooling: Pooling
    /// Temperature of ``Pooling/softmax``.
    public var poolingTemperature: Float

    public init(pooling: Pooling = .max, poolingTemperature: Float = 0.1) {
        self.pooling = pooling
        self.poolingTemperature = poolingTemperature
    }

    /// The similarity of every video to every caption's nouns, `[videos, captions]`; 0 for captions without a noun.
    ///
    /// - Parameters:
    ///   - groups: `[videos, groups, channels]`, of any length.
    ///   - prompts: `[prompts, channels]`, of any length; every distinct noun prompt once.
    ///   - nouns: for each caption, the rows of `prompts` that are its nouns.
    public func similarities(groups: Tensor, prompts: Tensor, nouns: [[Int]]) -> Tensor {
        let (videos, count, channels) = (groups.shape[0], groups.shape[1], groups.shape[2])
        let promptCount = prompts.shape[0]
        let all = groups.l2Normalized().reshaped([videos * count, channels])
            .matmul(prompts.l2Normalized(), transposed: true).reshaped([videos, count, promptCount])
        let pooled: Tensor
        switch pooling {
        case .max:
            pooled = all.max(axis: 1)
        case .softmax:
            let byNoun = all.transposed([0, 2, 1])
            pooled = (byNoun * (byNoun * (1 / poolingTemperature)).softmax()).sum(axes: [2])
        }
        var weights = [Float](repeating: 0, count: promptCount * nouns.count)
        for (caption, own) in nouns.enumerated() {
            for noun in own { weights[noun * nouns.count + caption] += 1 / Float(own.count) }
        }
        return pooled.matmul(Tensor(weights, shape: [promptCount, nouns.count]))
    }

    /// The loss, a scalar; 0 where no caption has a noun. Captions with the same nouns share their targets.
    ///
    /// - Parameters:
    ///   - groups: vectors of the groups of every blended clip.
    ///   - prompts: vectors of the nouns in a prompt.
    ///   - nouns: for each caption, the indices of its nouns in `prompts`.
    ///   - paste: how the clips were blended.
    ///   - scale: the logit scale, a scalar.
    public func loss(
        groups: Tensor, prompts: Tensor, nouns: [[Int]], paste: CutAndPaste, scale: Tensor
    ) -> Tensor {
        let isUsable = nouns.map { !$0.isEmpty }
        var numbers: [[Int]: Int] = [:]
        let classes = nouns.map { own -> Int in
            let key = own.sorted()
            let number = numbers[key] ?? numbers.count
            numbers[key] = number
            return number
        }
        let targets = MixedTargets(paste, classes: classes, isUsable: isUsable)
        let logits = similarities(groups: groups, prompts: prompts, nouns: nouns) * scale
        return MixedContrastive.loss(logits, targets: targets, isUsable: isUsable)
    }
}
