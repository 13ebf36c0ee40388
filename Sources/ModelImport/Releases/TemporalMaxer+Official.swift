public import Localization

extension TemporalMaxer: PyramidNaming {
    /// Blocks have no parameters.
    static func officialBlockName(of parts: [String]) -> String { parts.joined(separator: ".") }
}
