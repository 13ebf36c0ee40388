import Networks
public import Tensors

/// A head that classifies every point of a feature pyramid and regresses two distances from it.
public protocol PlainPointHead: PointHead where Output == PointPredictions {}

extension PlainPointHead {
    public func forward(_ batch: SequenceBatch, on tape: Tape?) -> PointPredictions {
        let features = tape?.constant(batch.features) ?? batch.features
        let levels = neck(backbone(features, mask: batch.mask, nominalLength: batch.nominalLength))
        return PointPredictions(
            logits: levels.map { classification($0.features, mask: $0.mask) },
            offsets: levels.enumerated().map { regression($1.features, mask: $1.mask, level: $0) },
            masks: levels.map(\.mask))
    }

    public func points(of output: PointPredictions) -> PointPredictions { output }

    public func loss(_ output: PointPredictions, _ targets: [PointHeadTargets]) -> [Tensor] {
        output.losses(PointHeadBatch(targets))
    }

    public func candidates(
        _ output: PointPredictions, item: Int, part: SequencePart, settings: PostProcessingSettings
    ) -> [Proposals] {
        output.candidates(levels: levels(of: output), item: item, part: part, settings: settings)
    }
}
