/// Why a generated data set cannot be written.
public enum ShapeWorldError: Error, Equatable, CustomStringConvertible {
    /// A number out of range.
    case invalidSetting(name: String, problem: String)
    /// The folder or a file in it cannot be created.
    case notWritable(path: String, reason: String)
    /// The folder holds videos that do not belong to the data set.
    case folderInUse(path: String, example: String)

    public var description: String {
        switch self {
        case .invalidSetting(let name, let problem):
            return "\(name) \(problem)"
        case .notWritable(let path, let reason):
            return "\(path): cannot be written (\(reason)); check the folder, its permissions and the free space"
        case .folderInUse(let path, let example):
            return "\(path): holds '\(example)', which is not part of this data set; give an empty folder or remove it"
        }
    }
}
