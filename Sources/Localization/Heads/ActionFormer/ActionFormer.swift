import Networks
import Tensors

/// The ActionFormer head: a transformer over a feature pyramid that classifies every point in time and regresses the
/// action around it.
///
/// Zhang, Wu and Li, "ActionFormer: Localizing Moments of Actions with Transformers", 2022.
public struct ActionFormer: LocalizationHead {
    public let backbone: PyramidBackboneNetwork
    public let neck: PyramidNeckNetwork
    public let classification: ClassificationBranch
    public let regression: RegressionBranch
    /// Architecture and loss.
    public let settings: ActionFormerSettings
    public let classes: Int
    public let inputChannels: Int
    /// The running number of positives by which both losses are divided.
    private var normalizer: Double
    /// Share of it that stays at each batch.
    private static let normalizerMomentum = 0.9
    private let generator: PointGenerator
    private let assignment: CenterSamplingAssignment

    /// A head with fresh weights.
    ///
    /// - Parameters:
    ///   - settings: validated settings.
    ///   - featureChannels: channels of the features; see ``ActionFormerSettings/streams(ofFeatures:)``.
    ///   - classes: number of classes.
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)``
    public init(
        _ settings: ActionFormerSettings, featureChannels: Int, classes: Int,
        using generator: inout RandomGenerator
    ) throws(LocalizationError) {
        let streams = settings.inputChannels.isEmpty ? [featureChannels] : settings.inputChannels
        guard streams.reduce(0, +) == featureChannels else {
            throw .featureChannels(found: featureChannels, expected: streams.reduce(0, +))
        }
        self.settings = settings
        self.classes = classes
        inputChannels = featureChannels
        backbone = PyramidBackboneNetwork(settings, streams: streams, using: &generator)
        neck = PyramidNeckNetwork(settings, using: &generator)
        classification = ClassificationBranch(settings, classes: classes, using: &generator)
        regression = RegressionBranch(settings, using: &generator)
        normalizer = settings.initialNormalizer
        self.generator = PointGenerator(
            strides: settings.strides, ranges: settings.regressionRanges.map { ($0[0], $0[1]) })
        assignment = CenterSamplingAssignment(radius: settings.centerRadius)
    }

    public var maximumLength: Int { settings.maximumLength }

    /// The length to which a sequence must be padded.
    ///
    /// Outputs at real positions do not depend on the amount of padding once every level has as many padded positions as
    /// a kernel reaches, so no more than that is computed; see the tests of this type.
    public func paddedLength(for length: Int) -> PaddedLength {
        let unit = settings.nominalUnit
        let nominal = length <= maximumLength ? maximumLength : (length + unit - 1) / unit * unit
        let coarsest = (0..<settings.branchBlocks).reduce(1) { product, _ in product * settings.scaleFactor }
        let needed = (length + coarsest - 1) / coarsest + max(1, settings.headKernel / 2)
        return PaddedLength(computed: min(needed * coarsest, nominal), nominal: nominal)
    }

    // MARK: - Network

    public func forward(_ batch: SequenceBatch, on tape: Tape?) -> PointPredictions {
        let features = tape?.constant(batch.features) ?? batch.features
        let levels = neck(backbone(features, mask: batch.mask, nominalLength: batch.nominalLength))
        return PointPredictions(
            logits: levels.map { classification($0.features, mask: $0.mask) },
            offsets: levels.enumerated().map { regression($1.features, mask: $1.mask, level: $0) },
            masks: levels.map(\.mask))
    }

    public func proposals(_ output: PointPredictions, settings: PostProcessingSettings) -> [Proposals] {
        output.proposals(levels: levels(of: output), settings: settings)
    }

    private func levels(of output: PointPredictions) -> [PointLevel] {
        generator.levels(length: (output.masks.first?.paddedLength ?? 0) * (generator.strides.first ?? 1))
    }
}

// MARK: - Loss

extension ActionFormer {
    /// What one sequence is trained towards.
    public struct Targets: Sendable {
        /// Classes and distances of all points, padded ones included.
        public var points: PointTargets
        /// The positives that are real points.
        public var positives: [Int]
        /// The real points of each level.
        public var valid: [Range<Int>]
    }

    public var lossTerms: [String] { ["classification", "regression"] }

    public var lossState: [String: Double] {
        get { ["normalizer": normalizer] }
        set { normalizer = newValue["normalizer"] ?? normalizer }
    }

    public func targets(for samples: [Sample], using generator: inout RandomGenerator) -> [Targets] {
        samples.map { targets(for: $0, paddedLength: paddedLength(for: $0.length).computed) }
    }

    /// The targets of one sample that is padded to a given length.
    func targets(for sample: Sample, paddedLength: Int) -> Targets {
        let levels = generator.levels(length: paddedLength)
        var points = assignment.targets(levels: levels, segments: sample.segments, classes: classes)
        var valid: [Range<Int>] = []
        var first = 0
        for level in levels {
            let stride = Int(level.stride)
            valid.append(first..<(first + (sample.length + stride - 1) / stride))
            first += level.count
        }
        let isValid = valid.reduce(into: [Bool](repeating: false, count: first)) { flags, range in
            for point in range { flags[point] = true }
        }
        if settings.labelSmoothing > 0 {
            let spread = settings.labelSmoothing / Float(classes + 1)
            points.labels = points.labels.map { $0 * (1 - settings.labelSmoothing) + spread }
        }
        return Targets(points: points, positives: points.positives.filter { isValid[$0] }, valid: valid)
    }

    public mutating func note(_ targets: [Targets]) {
        let positives = targets.reduce(0) { $0 + $1.positives.count }
        normalizer =
            Self.normalizerMomentum * normalizer + (1 - Self.normalizerMomentum) * Double(max(positives, 1))
    }

    public func loss(_ output: PointPredictions, _ targets: [Targets]) -> [Tensor] {
        let logits = Tensor.concatenated(output.logits, axis: 1)
        let offsets = Tensor.concatenated(output.offsets, axis: 1)
        let count = logits.shape[1]
        precondition(
            targets.count == logits.shape[0] && targets.allSatisfy { $0.points.count == count },
            "targets of \(targets.map(\.points.count)) points for logits \(logits.shape)")
        let classification = FocalLoss().sum(
            logits, targets: targets.flatMap(\.points.labels),
            rows: targets.enumerated().flatMap { item, target in
                target.valid.map { ($0.lowerBound + item * count)..<($0.upperBound + item * count) }
            })
        let regression = DistanceIoULoss().sum(
            offsets, targets: targets.flatMap(\.points.offsets),
            rows: targets.enumerated().flatMap { item, target in target.positives.map { $0 + item * count } })
        return [classification, regression]
    }

    public var seedsBeforehand: [Double]? {
        settings.lossWeight > 0 ? [1 / normalizer, settings.lossWeight / normalizer] : nil
    }

    public func report(of sums: [Double]) -> LossReport {
        let classification = sums[0] / normalizer, regression = sums[1] / normalizer
        // The floor keeps the automatic weight finite where regression is nearly solved, as in the reference.
        let weight = settings.lossWeight > 0 ? settings.lossWeight : classification / max(regression, 0.01)
        return LossReport(
            total: classification + weight * regression, terms: [classification, regression],
            seeds: [1 / normalizer, weight / normalizer])
    }
}
