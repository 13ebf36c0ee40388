import Configuration
public import Tensors

/// What the feature pyramid is computed with.
public enum PyramidBackbone: String, Codable, Sendable, CaseIterable {
    /// Transformer blocks with local or global attention.
    case transformer
    /// Residual blocks of plain convolutions.
    case convolution
}

/// The architecture and the loss of ``ActionFormer``; defaults are those of the authors for THUMOS14 with I3D features.
public struct ActionFormerSettings: PyramidSettings {
    /// What only this head is set by.
    public struct Own: Codable, Sendable, Equatable {
        /// What the feature pyramid is computed with.
        public var backbone = PyramidBackbone.transformer
        /// Attention heads.
        public var heads = 4
        /// Attention window of each level, odd, or one for all; 1 or less is global attention.
        public var windows = [19]
        /// Whether local attention learns a bias for each relative position; levels with global attention have none.
        public var relativePositions = false
        /// Share of values dropped in the blocks while training.
        public var dropout: Float = 0
        /// Chance that a residual branch is left out while training; with 0 the branches have no learned scale either.
        public var dropPath: Float = 0.1

        public init() {}
    }

    public static var section: String { "actionformer" }

    public var common = CommonPyramidSettings()
    public var own = Own()

    public init() {}

    /// The attention window of a level.
    func window(ofLevel level: Int) -> Int { own.windows.count == 1 ? own.windows[0] : own.windows[level] }

    public func paddingUnit(ofLevel level: Int) -> Int {
        let window = own.backbone == .transformer ? window(ofLevel: level) : 1
        return max(1, window / 2 * 2)
    }

    public func validate() throws {
        try validatePyramid()
        if own.heads < 1 { throw invalid("heads", "must be at least 1") }
        if own.windows.count != 1 && own.windows.count != common.branchBlocks + 1 {
            throw invalid("windows", "needs one number or one for each of the \(common.branchBlocks + 1) levels")
        }
        if own.windows.contains(where: { $0 > 1 && $0 % 2 == 0 }) {
            throw invalid("windows", "must be odd, or 1 or less")
        }
        if common.channels % own.heads != 0 { throw invalid("heads", "must divide channels (\(common.channels))") }
        for (key, value) in [("dropout", own.dropout), ("drop_path", own.dropPath)] where !(0..<1).contains(value) {
            throw invalid(key, "must be at least 0 and below 1")
        }
    }

    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try ActionFormer(self, featureChannels: featureChannels, classes: classes, using: &generator)
    }
}

extension HeadKind {
    public static let actionformer = HeadKind(ActionFormerSettings.self)
}

extension LocalizationSettings {
    /// The settings of a ActionFormer head; see ``subscript(_:)``.
    public var actionformer: ActionFormerSettings {
        get { self[ActionFormerSettings.self] }
        set { self[ActionFormerSettings.self] = newValue }
    }
}
