/// Why a generated data set cannot be written.
public enum ShapeWorldError: Error, Equatable, CustomStringConvertible {
    /// A number out of range.
    case invalidSetting(name: String, problem: String)
    /// The folder holds videos that do not belong to the data set.
    case folderInUse(path: String, example: String)

    public var description: String {
        switch self {
        case .invalidSetting(let name, let problem):
            return "\(name) \(problem)"
        case .folderInUse(let path, let example):
            return "\(path): holds '\(example)', which is not part of this data set; give an empty folder or remove it"
        }
    }
}
