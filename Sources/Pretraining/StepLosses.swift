import SViLM
import Tensors

/// The losses of one training step.
public struct StepLosses: Sendable, Hashable {
    /// The weighted sum.
    public var total = 0.0
    /// L_c; `nil` where its weight is 0.
    public var contrastive: Double?
    /// L_t.
    public var grouping: Double?
    /// L_g.
    public var grounding: Double?
}

/// What the encoders said of a batch, as far as the losses need it.
struct BatchEmbeddings {
    /// `[clips, common]`
    var global: Tensor
    /// `[clips, times, common]`
    var clipFeatures: Tensor?
    /// `[clips, groups, common]`
    var groups: Tensor?
    /// `[captions, common]`, every distinct caption once.
    var captions: Tensor
    /// `[prompts, common]`, every distinct noun prompt once.
    var prompts: Tensor?
}

/// Which captions and noun prompts belong to the clips of a batch.
struct BatchTexts: Sendable {
    /// Every distinct caption, in word pieces.
    var captions: [[Int]] = []
    /// For each clip, its row of ``captions``.
    var captionOfClip: [Int] = []
    /// Every distinct noun prompt, in word pieces.
    var prompts: [[Int]] = []
    /// For each clip, its rows of ``prompts``.
    var nounsOfClip: [[Int]] = []
}

/// Computes the losses of a batch from the embeddings of all its clips.
struct StepObjective {
    let settings: ObjectiveSettings

    /// The weighted sum on the tape of the embeddings, and the single values.
    func loss(
        _ embeddings: BatchEmbeddings, texts: BatchTexts, paste: CutAndPaste, model: VideoLanguageModel
    ) -> (total: Tensor, values: StepLosses) {
        var values = StepLosses()
        var parts: [Tensor] = []
        if settings.contrastive > 0 {
            let captions = embeddings.captions.l2Normalized().gathered(texts.captionOfClip)
            let similarities = embeddings.global.l2Normalized().matmul(captions, transposed: true)
            let logits = similarities * model.contrastiveScale(with: similarities)
            let loss = MixedContrastive.loss(logits, targets: MixedTargets(paste, classes: texts.captionOfClip))
            values.contrastive = Double(loss.scalar)
            parts.append(loss * Float(settings.contrastive))
        }
        // A clip of one tubelet, or one that is all its own, has no parts to tell apart.
        if settings.grouping > 0, let clipFeatures = embeddings.clipFeatures,
            !(0..<paste.batch).allSatisfy(paste.isWhole)
        {
            let grouping = TemporalGrouping(
                temperature: Float(settings.groupingTemperature), form: settings.groupingForm)
            let loss = grouping.loss(clipFeatures, mask: paste.masks)
            values.grouping = Double(loss.scalar)
            parts.append(loss * Float(settings.grouping))
        }
        if settings.grounding > 0, let groups = embeddings.groups, let prompts = embeddings.prompts {
            let grounding = SpatialGrounding(
                pooling: settings.groundingPooling, poolingTemperature: Float(settings.poolingTemperature))
            let loss = grounding.loss(
                groups: groups, prompts: prompts, nouns: texts.nounsOfClip, paste: paste,
                scale: model.groundingScale(with: groups))
            values.grounding = Double(loss.scalar)
            parts.append(loss * Float(settings.grounding))
        }
        let total = parts.dropFirst().reduce(parts.first ?? Tensor(0)) { $0 + $1 }
        values.total = Double(total.scalar)
        return (total, values)
    }
}
