/// What can be wrong with a configuration file or a `key.path=value` override.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The text is not YAML, or not a mapping at the top.
    case malformed(file: String, reason: String)
    /// A key that no setting has; `nearest` is the known key path most like it.
    case unknownKey(file: String, key: String, nearest: String?)
    /// A value of the wrong type or out of range.
    case invalidValue(file: String, key: String, problem: String)
    /// An override that is not of the form `key.path=value`.
    case malformedOverride(String)
    /// An override of a setting that is not there, or with a value that it cannot have.
    case invalidOverride(String, problem: String)
    /// Values to try that are not of the form `key.path=value,value`.
    case malformedGrid(String)
    /// Values to try of a setting that is not there, that it cannot have, or that are too many.
    case invalidGrid(String, problem: String)

    public var description: String {
        switch self {
        case .malformed(let file, let reason):
            return "\(file): not a valid configuration (\(reason)); expected YAML with a mapping at the top"
        case .unknownKey(let file, let key, let nearest):
            let advice = nearest.map { "did you mean '\($0)'?" } ?? "remove it"
            return "\(file): unknown key '\(key)'; \(advice)"
        case .invalidValue(let file, let key, let problem):
            // Settings that come from options have no file.
            return (file.isEmpty ? "" : "\(file): ") + "'\(key)' \(problem)"
        case .malformedOverride(let text):
            return "'\(text)' is no setting; expected key.path=value"
        case .invalidOverride(let text, let problem), .invalidGrid(let text, let problem):
            return "'\(text)': \(problem)"
        case .malformedGrid(let text):
            return "'\(text)' names no values to try; expected key.path=value,value,… with each key once"
        }
    }
}
