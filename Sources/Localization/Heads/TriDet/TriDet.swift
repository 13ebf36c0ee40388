import Networks
public import Tensors

/// The TriDet head: a convolutional pyramid whose boundaries are expectations over relative positions.
///
/// Shi et al., "TriDet: Temporal Action Detection with Relative Boundary Modeling", 2023.
public struct TriDet: PointHead {
    /// What the network computes.
    public struct Output {
        /// Class scores and masks; as offsets the scores of the bins, `[batch, points, 2 (bins + 1)]`, or distances without
        /// the trident head.
        public var points: PointPredictions
        /// Scores of each class's starts on each level, `[batch, points, classes]`; empty without the trident head.
        public var starts: [Tensor]
        /// The same for ends.
        public var ends: [Tensor]
    }

    public let backbone: PyramidBackboneNetwork
    public let neck: PyramidNeckNetwork
    public let classification: ClassificationBranch
    /// Scores starts and ends of each class; they train the output layers but not the network before them.
    public let starts: ClassificationBranch?
    public let ends: ClassificationBranch?
    public let regression: RegressionBranch
    /// Architecture and loss.
    public let settings: TriDetSettings
    public let classes: Int
    public let inputChannels: Int
    public var normalizer: Double
    private let decoder: TridentDecoder

    /// A head with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: validated settings.
    ///   - featureChannels: channels of the features.
    ///   - classes: number of classes.
    ///   - generator: for the random weights.
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)``
    public init(
        _ settings: TriDetSettings, featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        self.settings = settings
        self.classes = classes
        inputChannels = featureChannels
        let streams = try settings.streams(ofFeatures: featureChannels)
        backbone = PyramidBackboneNetwork(settings, streams: streams, using: &generator) { level, stride, generator in
            ScalableGranularityBlock(settings, level: level, stride: stride, using: &generator)
        }
        neck = PyramidNeckNetwork(settings, using: &generator)
        classification = ClassificationBranch(settings, classes: classes, using: &generator)
        if settings.tridentHead {
            let kernel = settings.boundaryKernel
            starts = ClassificationBranch(settings, classes: classes, kernel: kernel, using: &generator)
            ends = ClassificationBranch(settings, classes: classes, kernel: kernel, using: &generator)
        } else {
            (starts, ends) = (nil, nil)
        }
        regression = RegressionBranch(
            settings, outputs: settings.tridentHead ? 2 * (settings.bins + 1) : 2, using: &generator)
        normalizer = settings.initialNormalizer
        decoder = TridentDecoder(bins: settings.bins)
    }

    // MARK: - Network

    public func forward(_ batch: SequenceBatch, on tape: Tape?) -> Output {
        var features = tape?.constant(batch.features) ?? batch.features
        if let tape, tape.isTraining, settings.inputNoise > 0 {
            features =
                features + .normal(features.shape, standardDeviation: settings.inputNoise, using: &tape.generator)
        }
        let levels = neck(backbone(features, mask: batch.mask, nominalLength: batch.nominalLength))
        func boundaries(_ branch: ClassificationBranch?) -> [Tensor] {
            guard let branch else { return [] }
            return levels.map { level in
                branch(tape?.constant(level.features) ?? level.features, mask: level.mask)
            }
        }
        return Output(
            points: PointPredictions(
                logits: levels.map { classification($0.features, mask: $0.mask) },
                offsets: levels.enumerated().map { regression($1.features, mask: $1.mask, level: $0) },
                masks: levels.map(\.mask)),
            starts: boundaries(starts), ends: boundaries(ends))
    }

    public func points(of output: Output) -> PointPredictions { output.points }

    private func level(_ index: Int, of output: Output) -> TridentDecoder.Level {
        TridentDecoder.Level(
            starts: output.starts[index], ends: output.ends[index], offsets: output.points.offsets[index])
    }

    public var decodingReach: Int {
        max(starts?.reach ?? 0, ends?.reach ?? 0) + (settings.tridentHead ? settings.bins : 0)
    }

    public func candidates(
        _ output: Output, item: Int, part: SequencePart, settings: PostProcessingSettings
    ) -> [Proposals] {
        let levels = levels(of: output.points)
        guard self.settings.tridentHead else {
            return output.points.candidates(levels: levels, item: item, part: part, settings: settings)
        }
        return output.points.candidates(levels: levels, item: item, part: part, settings: settings) { index in
            decoder.reach(level(index, of: output), item: item)
        }
    }

    // MARK: - Loss

    /// The focal loss, weighted at each positive by a power of the overlap that its segment reaches, and the distance-IoU
    /// loss of those segments (section 3.4). Without the trident head the plain losses of the points, as in the
    /// authors' code.
    public func loss(_ output: Output, _ targets: [PointHeadTargets]) -> [Tensor] {
        let batch = PointHeadBatch(targets)
        guard settings.tridentHead else { return output.points.losses(batch) }
        let logits = Tensor.concatenated(output.points.logits, axis: 1)
        guard !batch.positives.isEmpty else {
            let nothing = Tensor.custom(Tensor(0), inputs: [logits]) { _ in [nil] }
            return [batch.focalLoss.sum(logits, targets: batch.labels, rows: batch.valid), nothing]
        }
        let positives = positives(of: targets, masks: output.points.masks)
        let distances = distances(of: positives, output)
        let goals = positives.flatMap { positive in
            let row = positive.row(count: batch.count)
            return [batch.offsets[2 * row], batch.offsets[2 * row + 1]]
        }
        let classification = batch.focalLoss.sum(
            logits, targets: batch.labels, rows: batch.valid,
            weights: OverlapWeight(power: settings.overlapPower)(distances, targets: goals),
            weighted: positives.map { $0.row(count: batch.count) * classes + $0.entry.label })
        let regression = DistanceIoULoss().sum(distances, targets: goals, rows: Array(positives.indices))
        return [classification, regression]
    }

    /// A class of a positive point.
    private struct Positive {
        let level: Int
        /// The first point of the level among those of all levels.
        let first: Int
        let entry: TridentDecoder.Entry

        /// The place among all points of the batch, of which each item has `count`.
        func row(count: Int) -> Int { entry.item * count + first + entry.point }
    }

    /// The positives of a batch, level by level.
    private func positives(of targets: [PointHeadTargets], masks: [SequenceMask]) -> [Positive] {
        var positives: [Positive] = []
        var first = 0
        for (level, mask) in masks.enumerated() {
            for (item, target) in targets.enumerated() {
                for (point, labels) in zip(target.positives, target.positiveClasses)
                where (first..<(first + mask.paddedLength)).contains(point) {
                    for label in labels {
                        let entry = TridentDecoder.Entry(item: item, point: point - first, label: label)
                        positives.append(Positive(level: level, first: first, entry: entry))
                    }
                }
            }
            first += mask.paddedLength
        }
        return positives
    }

    /// `[positives, 2]`, for positives in the order of their levels.
    private func distances(of positives: [Positive], _ output: Output) -> Tensor {
        let parts = output.starts.indices.compactMap { index -> Tensor? in
            let entries = positives.filter { $0.level == index }.map(\.entry)
            return entries.isEmpty ? nil : decoder.distances(level(index, of: output), entries)
        }
        return .concatenated(parts, axis: 0)
    }
}
