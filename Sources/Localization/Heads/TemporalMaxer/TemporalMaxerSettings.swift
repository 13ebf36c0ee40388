import Configuration
public import Tensors

/// The architecture and the loss of ``TemporalMaxer``; defaults are those of the authors for THUMOS14 with I3D features.
public struct TemporalMaxerSettings: PyramidSettings {
    /// What only this head is set by.
    public struct Own: Codable, Sendable, Equatable {
        public init() {}
    }

    public static var section: String { "temporalmaxer" }

    public var common = CommonPyramidSettings()
    public var own = Own()

    /// Pooling changes nothing at full resolution, so there are no blocks.
    public init() { common.stemBlocks = 0 }

    public func paddingUnit(ofLevel level: Int) -> Int { 1 }

    /// OpenTAD does not pad the sequences of this head.
    public var showsPadding: Bool { common.conventions == .authors }

    public func validate() throws {
        try validatePyramid()
        if common.stemBlocks != 0 { throw invalid("stem_blocks", "must be 0") }
    }

    public func makeHead(
        featureChannels: Int, classes: Int, using generator: inout RandomGenerator
    ) throws(LocalizationError) -> any LocalizationHead {
        try TemporalMaxer(self, featureChannels: featureChannels, classes: classes, using: &generator)
    }
}

extension HeadKind {
    public static let temporalmaxer = HeadKind(TemporalMaxerSettings.self)
}

extension LocalizationSettings {
    /// The settings of a TemporalMaxer head; see ``subscript(_:)``.
    public var temporalmaxer: TemporalMaxerSettings {
        get { self[TemporalMaxerSettings.self] }
        set { self[TemporalMaxerSettings.self] = newValue }
    }
}
