import Configuration
public import Tensors

/// How the resolution is lowered between levels.
public enum PyramidDownsampling: String, Codable, Sendable, CaseIterable {
    /// The largest of neighbouring values.
    case max
    /// The mean of neighbouring values and a projection.
    case average
}

/// The architecture and the loss of ``TriDet``; defaults are those of the authors for THUMOS14 with I3D features.
public struct TriDetSettings: PyramidSettings {
    /// What only this head is set by.
    public struct Own: Codable, Sendable, Equatable {
        /// Deviation of the noise that is added to the features while training.
        public var inputNoise: Float = 0
        /// Kernel of the small convolutions of each level, odd, or one for all; blocks at full resolution use 1.
        public var windows = [1]
        /// The large kernel is this many times as wide as the small one and 1.
        public var largeKernelFactor = 5.0
        /// Hidden channels of the feed-forward part; `null` for four times the channels.
        public var feedForwardChannels: Int? = 768
        /// How the resolution is lowered between levels.
        public var downsampling = PyramidDownsampling.max
        /// Chance that a residual branch is left out while training, above full resolution.
        public var dropPath: Float = 0.1
        /// Whether two faults of the authors' code are kept. With `official`, means over time and group statistics run over the
        /// padded length, so that results depend on it, and the depthwise convolutions begin with zeros unless
        /// ``depthwiseDeviation`` says otherwise; with zeros they receive no gradient and never train. Published weights were
        /// trained so. With `fixed` the statistics are those of the real positions, and the weights begin random.
        public var compatibility = HeadCompatibility.fixed
        /// Deviation of the initial weights of the depthwise convolutions; `null` for 0.1, or 0 in compatibility `official`.
        public var depthwiseDeviation: Float?
        /// Whether distances are expectations over bins around the boundaries, instead of regressed numbers.
        public var tridentHead = true
        /// Bins beyond the first on each side of a point.
        public var bins = 16
        /// Size of the convolutions that score boundaries; odd.
        public var boundaryKernel = 3
        /// Power of the overlap by which the classification loss of positives is weighted.
        public var overlapPower = 0.2

        public init() {}
    }

    public static var section: String { "tridet" }

    public var common = CommonPyramidSettings()
    public var own = Own()

    public init() {}

    /// Groups of channels that are normalised together.
    static let groups = 16

    /// Kernel of the small convolutions of a level above full resolution.
    func window(ofLevel level: Int) -> Int { own.windows.count == 1 ? own.windows[0] : own.windows[level] }

    /// The size of the large kernel for a small one: the nearest whole number, halves to even, and 1 more
    /// where that is even.
    func largeKernel(of window: Int) -> Int {
        let size = Int((Double(window + 1) * own.largeKernelFactor).rounded(.toNearestOrEven))
        return size % 2 == 0 ? size + 1 : size
    }

    /// Deviation of the initial weights of the depthwise convolutions.
    var initialDeviation: Float { own.depthwiseDeviation ?? (own.compatibility == .official ? 0 : 0.1) }

    public func paddingUnit(ofLevel level: Int) -> Int { max(1, window(ofLevel: level)) }
    public var paddingReach: Int { max(1, common.headKernel / 2, own.tridentHead ? own.boundaryKernel / 2 : 0) }
    public var dependsOnPadding: Bool { own.compatibility == .official }

    public func validate() throws {
        try validatePyramid()
        if own.windows.count != 1 && own.windows.count != common.branchBlocks + 1 {
            throw invalid("windows", "needs one number or one for each of the \(common.branchBlocks + 1) levels")
        }
        if own.windows.contains(where: { $0 < 1 || $0 % 2 == 0 }) { throw invalid("windows", "must be odd") }
        if !(own.largeKernelFactor > 0 && own.largeKernelFactor <= 1000) {
            throw invalid("large_kernel_factor", "must be above 0 and at most 1000")
        }
        if let value = own.feedForwardChannels, value < 1 {
            throw invalid("feed_forward_channels", "must be at least 1, or null")
        }
        if common.channels % Self.groups != 0 { throw invalid("channels", "must be a multiple of \(Self.groups)") }
        if own.bins < 1 { throw invalid("bins", "must be at least 1") }
        if own.boundaryKernel < 1 || own.boundaryKernel % 2 == 0 { throw invalid("boundary_kernel", "must be odd") }
        if !(0..<1).contains(own.dropPath) { throw invalid("drop_path", "must be at least 0 and below 1") }
        if own.inputNoise < 0 { throw invalid("input_noise", "must not be negative") }
        if own.overlapPower < 0 { throw invalid("overlap_power", "must not be negative") }
        if let value = own.depthwiseDeviation, value < 0 {
            throw invalid("depthwise_deviation", "must not be negative, or null")
        }
    }

    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try TriDet(self, featureChannels: featureChannels, classes: classes, using: &generator)
    }
}

extension HeadKind {
    public static let tridet = HeadKind(TriDetSettings.self)
}

extension LocalizationSettings {
    /// The settings of a TriDet head; see ``subscript(_:)``.
    public var tridet: TriDetSettings {
        get { self[TriDetSettings.self] }
        set { self[TriDetSettings.self] = newValue }
    }
}
