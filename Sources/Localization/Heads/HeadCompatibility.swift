/// Whether a head keeps what is a fault in its authors' code; which, its settings say.
public enum HeadCompatibility: String, Codable, Sendable, CaseIterable {
    /// Faults are mended.
    case fixed
    /// As the authors' code, for published weights and comparisons.
    case official
}
