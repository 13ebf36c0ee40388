import Configuration

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
        if common.stemBlocks != 0 { throw refusal("stem_blocks", "must be 0") }
    }
}
