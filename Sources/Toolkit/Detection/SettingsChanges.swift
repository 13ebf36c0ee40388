public import Localization

/// Changes of the settings that a run was made with.
public struct SettingsChanges: Sendable {
    /// YAML files whose keys replace those of the run, such as the best settings of a sweep.
    public var files: [String]
    /// `key.path=value`, the value in YAML, as a person types it.
    public var assignments: [String]
    /// A change in code, after all others.
    public var adjust: (@Sendable (inout LocalizationSettings) throws -> Void)?

    public init(
        files: [String] = [], assignments: [String] = [],
        adjust: (@Sendable (inout LocalizationSettings) throws -> Void)? = nil
    ) {
        self.files = files
        self.assignments = assignments
        self.adjust = adjust
    }
}
