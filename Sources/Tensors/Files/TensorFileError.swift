/// What can be wrong with a file of tensors.
public enum TensorFileError: Error, Equatable, CustomStringConvertible {
    /// Not of the format its name claims, truncated, or damaged.
    case malformed(file: String, reason: String)
    /// A file that asks for more than to hold data.
    case refused(file: String, reason: String)
    /// A tensor that should be there is not.
    case missingTensor(file: String, name: String)
    /// An element type this program does not read.
    case unsupportedType(file: String, name: String, type: String)

    public var description: String {
        switch self {
        case .malformed(let file, let reason):
            return "\(file): damaged or not of the expected format (\(reason)); write or fetch it again"
        case .refused(let file, let reason):
            return "\(file): is not read, and nothing in it was run: its pickle \(reason), which plain checkpoints do "
                + "not; fetch it from its authors, or save only its state dictionary"
        case .missingTensor(let file, let name):
            return "\(file): holds no tensor '\(name)'; is it the file of another model?"
        case .unsupportedType(let file, let name, let type):
            return "\(file): tensor '\(name)' has element type \(type), which is not read; convert it to float32"
        }
    }
}
