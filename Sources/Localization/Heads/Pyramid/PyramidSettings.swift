public import Configuration

/// The settings of a head on a feature pyramid: sequences are embedded by convolutions, lowered in resolution level by level,
/// and classified and regressed at every point of every level.
///
/// A file has one mapping for both parts, ``common`` and ``own``, whose properties are also those of the settings themselves.
@dynamicMemberLookup
public protocol PyramidSettings: HeadSettings, CustomReflectable {
    /// What only this head is set by.
    associatedtype Own: Codable & Sendable & Equatable

    /// What all heads on a pyramid are set by.
    var common: CommonPyramidSettings { get set }
    /// What only this one is.
    var own: Own { get set }

    /// Positions of a level to whose multiple the reference implementation pads long sequences.
    func paddingUnit(ofLevel level: Int) -> Int
    /// Padded positions of the coarsest level that outputs at real ones can depend on.
    var paddingReach: Int { get }
    /// Whether outputs depend on the amount of padding, so that all of the reference's must be computed.
    var dependsOnPadding: Bool { get }
    /// Whether the output layers see padding behind a sequence as the neck leaves it, and not as zeros.
    var showsPadding: Bool { get }
}

extension PyramidSettings {
    public static var descriptions: [SettingDescription] {
        CommonPyramidSettings.descriptions + ((Own.self as? any DescribedSettings.Type)?.descriptions ?? [])
    }

    public subscript<Value>(dynamicMember path: WritableKeyPath<CommonPyramidSettings, Value>) -> Value {
        get { common[keyPath: path] }
        set { common[keyPath: path] = newValue }
    }

    public subscript<Value>(dynamicMember path: WritableKeyPath<Own, Value>) -> Value {
        get { own[keyPath: path] }
        set { own[keyPath: path] = newValue }
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        common = try CommonPyramidSettings(from: decoder)
        own = try Own(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try common.encode(to: encoder)
        try own.encode(to: encoder)
    }

    /// The properties of both parts side by side, as which configuration files know them.
    public var customMirror: Mirror {
        Mirror(
            self, children: Array(Mirror(reflecting: common).children) + Array(Mirror(reflecting: own).children),
            displayStyle: .struct)
    }
}

extension PyramidSettings {
    public var maximumLength: Int {
        get { common.maximumLength }
        set { common.maximumLength = newValue }
    }
    public var paddingReach: Int { max(1, common.headKernel / 2) }
    public var dependsOnPadding: Bool { false }
    public var showsPadding: Bool { true }

    /// Number of pyramid levels that reach the output layers.
    public var levels: Int { common.branchBlocks + 1 - common.startLevel }

    /// Feature vectors from one point to the next, for each level that is used, finest first.
    public var strides: [Int] { (common.startLevel..<(common.branchBlocks + 1)).map { stride(ofLevel: $0) } }

    /// Feature vectors from one point of a level of the backbone to the next.
    func stride(ofLevel level: Int) -> Int { (0..<level).reduce(1) { product, _ in product * common.scaleFactor } }

    /// The unit to which the reference implementation pads sequences longer than ``maximumLength``.
    var nominalUnit: Int { (0...common.branchBlocks).map { stride(ofLevel: $0) * paddingUnit(ofLevel: $0) }.max() ?? 1 }

    /// The channels of each stream of features for this total number of channels.
    ///
    /// - Throws: ``LocalizationError/featureChannels(found:expected:)``
    func streams(ofFeatures found: Int) throws(LocalizationError) -> [Int] {
        let streams = common.inputChannels.isEmpty ? [found] : common.inputChannels
        guard streams.reduce(0, +) == found else {
            throw .featureChannels(found: found, expected: streams.reduce(0, +))
        }
        return streams
    }

    /// Checks all that this protocol names.
    func validatePyramid() throws {
        let positive = [
            ("channels", common.channels), ("embedding_layers", common.embeddingLayers),
            ("neck_channels", common.neckChannels),
            ("head_channels", common.headChannels), ("head_layers", common.headLayers),
            ("maximum_length", common.maximumLength), ("embedding_kernel", common.embeddingKernel),
            ("head_kernel", common.headKernel),
        ]
        try requireSizes(positive)
        try requireSizes(common.inputChannels.map { ("input_channels", $0) })
        try requireSizes(common.streamChannels.map { ("stream_channels", $0) })
        if !(0...1024).contains(common.stemBlocks) { throw invalid("stem_blocks", "must be from 0 to 1024") }
        if !(0...15).contains(common.branchBlocks) { throw invalid("branch_blocks", "must be from 0 to 15") }
        if !(2...16).contains(common.scaleFactor) { throw invalid("scale_factor", "must be from 2 to 16") }
        for (key, value) in [("embedding_kernel", common.embeddingKernel), ("head_kernel", common.headKernel)] {
            if value < 1 || value % 2 == 0 { throw invalid(key, "must be odd") }
        }
        if !(0...common.branchBlocks).contains(common.startLevel) {
            throw invalid("start_level", "must be a level of the backbone")
        }
        if common.neck == .identity && common.neckChannels != common.channels {
            throw invalid("neck_channels", "must equal channels (\(common.channels)) with the identity neck")
        }
        if common.neckGroups < 0 || (common.neckGroups > 0 && common.neckChannels % common.neckGroups != 0) {
            throw invalid("neck_groups", "must be 0 or divide neck_channels (\(common.neckChannels))")
        }
        if common.regressionRanges.count != levels || common.regressionRanges.contains(where: { $0.count != 2 }) {
            throw invalid("regression_ranges", "needs two numbers for each of the \(levels) levels")
        }
        if common.maximumLength < 1 || common.maximumLength % (strides.last ?? 1) != 0 {
            throw invalid("maximum_length", "must be a multiple of the coarsest stride, \(strides.last ?? 1)")
        }
        if !common.streamChannels.isEmpty {
            if common.streamChannels.count != common.inputChannels.count {
                throw invalid("stream_channels", "needs one number for each of input_channels")
            }
            if common.streamChannels.reduce(0, +) != common.channels {
                throw invalid("stream_channels", "must add up to channels (\(common.channels))")
            }
        }
        if !(0..<1).contains(common.labelSmoothing) {
            throw invalid("label_smoothing", "must be at least 0 and below 1")
        }
        if !(common.priorProbability > 0 && common.priorProbability < 1) {
            throw invalid("prior_probability", "must lie between 0 and 1")
        }
        if common.initialNormalizer <= 0 { throw invalid("initial_normalizer", "must be above 0") }
        try validateMemory()
    }

    /// Checks that parameters and activations fit a machine. Each part is checked by itself, so that the error names what is
    /// too large; blocks count as transformer blocks, which have 12 C² parameters.
    private func validateMemory() throws {
        let channels = Double(common.channels), neck = Double(common.neckChannels), head = Double(common.headChannels)
        let embedding = Double(common.embeddingLayers * common.embeddingKernel) * channels * channels
        let blocks = Double(common.stemBlocks + common.branchBlocks) * 12 * channels * channels
        try require(embedding + blocks, atMost: Self.mostParameters, "parameters", "channels")
        if common.neck == .pyramid {
            let lateral = neck * channels + 3 * neck * neck
            try require(Double(levels) * lateral, atMost: Self.mostParameters, "parameters", "neck_channels")
        }
        let kernel = Double(common.headKernel)
        let branch = kernel * head * (neck + Double(common.headLayers) * head)
        try require(2 * branch, atMost: Self.mostParameters, "parameters", "head_channels")
        let widest = max(channels, neck, head)
        try require(Double(common.maximumLength) * widest, atMost: Self.mostValues, "values", "maximum_length")
    }
}
