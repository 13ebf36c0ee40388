/// What can be wrong with a `.npy` file.
public enum NpyError: Error, Equatable, CustomStringConvertible {
    /// The file is missing or cannot be read.
    case unreadable(path: String, reason: String)
    /// The file does not follow the format, or holds what this program does not read.
    case malformed(path: String, reason: String)
    /// The file cannot be written.
    case unwritable(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): cannot be read (\(reason))"
        case .malformed(let path, let reason): "\(path): not a usable npy file: \(reason)"
        case .unwritable(let path, let reason): "\(path): cannot be written (\(reason))"
        }
    }
}
