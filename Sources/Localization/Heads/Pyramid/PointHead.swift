import Networks
public import Tensors

/// A head that finds actions at the points of a feature pyramid: what such heads have in common but the network.
///
/// Zhang, Wu and Li, "ActionFormer", 2022, sections 3.3 and 3.4: points are assigned by centre sampling, scored by the
/// focal loss and regressed by the distance-IoU loss, both divided by a running number of positives.
public protocol PointHead: LocalizationHead where Targets == PointHeadTargets {
    associatedtype Settings: PyramidSettings

    var backbone: PyramidBackboneNetwork { get }
    var neck: PyramidNeckNetwork { get }
    /// Architecture and loss.
    var settings: Settings { get }
    /// The running number of positives by which both losses are divided.
    var normalizer: Double { get set }

    /// What the network says of the points of each level.
    func points(of output: Output) -> PointPredictions
    /// The output layers.
    var classification: ClassificationBranch { get }
    var regression: RegressionBranch { get }
    /// Points of a level to each side on which what is computed from the output layers depends.
    var decodingReach: Int { get }

    /// The best points of each level of one item and the segments that they regress to, of any length.
    ///
    /// - Parameters:
    ///   - output: what the head computed for a batch.
    ///   - item: which of the batch.
    ///   - part: where the item lies in a longer sequence.
    ///   - settings: which points count.
    func candidates(
        _ output: Output, item: Int, part: SequencePart, settings: PostProcessingSettings
    ) -> [Proposals]
}

extension PointHead {
    public var maximumLength: Int { settings.maximumLength }
    public var lossTerms: [String] { ["classification", "regression"] }

    public var lossState: [String: Double] {
        get { ["normalizer": normalizer] }
        set { normalizer = newValue["normalizer"] ?? normalizer }
    }

    /// The length to which a sequence must be padded.
    ///
    /// Where outputs at real positions do not depend on the amount of padding once every level has as many padded
    /// positions as a kernel reaches, no more than that is computed; see the tests of the heads.
    public func paddedLength(for length: Int) -> PaddedLength {
        let unit = settings.nominalUnit, coarsest = settings.stride(ofLevel: settings.branchBlocks)
        let nominal = length <= maximumLength ? maximumLength : (length + unit - 1) / unit * unit
        guard !settings.dependsOnPadding else { return PaddedLength(computed: nominal, nominal: nominal) }
        let needed = (length + coarsest - 1) / coarsest + settings.paddingReach
        return PaddedLength(computed: min(needed * coarsest, nominal), nominal: nominal)
    }

    // MARK: - Long sequences

    public var decodingReach: Int { 0 }

    /// The distance between points of the coarsest level, in feature vectors.
    var coarsestStride: Int { settings.stride(ofLevel: settings.branchBlocks) }

    /// How many feature vectors to each side a proposal depends on; nil where it depends on all of a sequence. With as many around it, a
    /// part of a sequence has the proposals of the whole.
    var reach: Int? {
        let stride = coarsestStride
        guard let backbone = backbone.reach, let neck = neck.reach(stride: stride) else { return nil }
        return backbone + neck + (max(classification.reach, regression.reach) + decodingReach) * stride
    }

    // MARK: - Targets

    private var generator: PointGenerator {
        PointGenerator(strides: settings.strides, ranges: settings.regressionRanges.map { ($0[0], $0[1]) })
    }

    /// The points of each level of an output.
    func levels(of output: PointPredictions) -> [PointLevel] {
        generator.levels(length: (output.masks.first?.paddedLength ?? 0) * (settings.strides.first ?? 1))
    }

    public func targets(for samples: [Sample], using generator: inout RandomGenerator) -> [PointHeadTargets] {
        samples.map { targets(for: $0, paddedLength: paddedLength(for: $0.length).computed) }
    }

    /// The targets of one sample that is padded to a given length.
    func targets(for sample: Sample, paddedLength: Int) -> PointHeadTargets {
        let levels = generator.levels(length: paddedLength)
        var points = CenterSamplingAssignment(radius: settings.centerRadius)
            .targets(levels: levels, segments: sample.segments, classes: classes)
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
        let positives = points.positives.filter { isValid[$0] }
        let positiveClasses = positives.map { point in
            (0..<classes).filter { points.labels[point * classes + $0] > 0 }
        }
        if settings.labelSmoothing > 0 {
            let spread = settings.labelSmoothing / Float(classes + 1)
            points.labels = points.labels.map { $0 * (1 - settings.labelSmoothing) + spread }
        }
        return PointHeadTargets(
            points: points, positives: positives, positiveClasses: positiveClasses, valid: valid,
            classWeights: sample.classWeights)
    }

    // MARK: - Proposals

    public func proposals(_ output: Output, settings: PostProcessingSettings) -> [Proposals] {
        (0..<points(of: output).itemCount).map {
            ProposalSelection(settings).passing(candidates(output, item: $0, part: .whole, settings: settings))
        }
    }

    // MARK: - Scores

    /// The scores of the points: at each position and of each class the highest among the levels, each with its point that is
    /// nearest to the position.
    public func scoreCurves(_ output: Output, lengths: [Int]) -> [Tensor] {
        let points = points(of: output)
        return lengths.indices.map { points.bestScores(item: $0, length: lengths[$0], levels: levels(of: points)) }
    }

    // MARK: - Loss

    public mutating func updateState(with targets: [PointHeadTargets]) {
        let positives = targets.reduce(0) { $0 + $1.positives.count }
        // The momentum of the running number of positives is that of the reference.
        let momentum = 0.9
        normalizer = momentum * normalizer + (1 - momentum) * Double(max(positives, 1))
    }

    public var constantOutputGradients: [Double]? {
        settings.lossWeight > 0 ? [1 / normalizer, settings.lossWeight / normalizer] : nil
    }

    public func combine(_ sums: [Double]) -> LossReport {
        let classification = sums[0] / normalizer, regression = sums[1] / normalizer
        // The floor keeps the automatic weight finite where regression is nearly solved, as in the reference.
        let weight = settings.lossWeight > 0 ? settings.lossWeight : classification / max(regression, 0.01)
        return LossReport(
            total: classification + weight * regression, terms: [classification, regression],
            outputGradients: [1 / normalizer, weight / normalizer])
    }
}
