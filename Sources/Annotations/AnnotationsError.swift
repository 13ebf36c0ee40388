/// What can be wrong with a file of annotations or detections.
public enum AnnotationsError: Error, Equatable, CustomStringConvertible {
    /// The file is missing or unreadable.
    case unreadable(file: String, reason: String)
    /// The compressed stream is damaged or ends too early.
    case damagedCompression(file: String, reason: String)
    /// The text is not JSON (or csv) of a form that can be read; `offset` counts decompressed bytes.
    case malformed(file: String, offset: Int, problem: String)
    /// Well-formed, but not one of the known layouts.
    case unknownLayout(file: String, problem: String)
    /// A subset that no video belongs to.
    case noSuchSubset(asked: String, present: [String])
    /// The result cannot be written.
    case unwritable(file: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            return "\(file): cannot be read (\(reason)); check the path and its permissions"
        case .damagedCompression(let file, let reason):
            return "\(file): damaged gzip data (\(reason)); fetch or compress the file again"
        case .malformed(let file, let offset, let problem):
            return "\(file): broken at byte \(offset): \(problem); the file may be cut off or of another format"
        case .unknownLayout(let file, let problem):
            return "\(file): \(problem)"
        case .noSuchSubset(let asked, let present):
            let names =
                present.isEmpty ? "none is named in the file" : "the file has \(present.joined(separator: ", "))"
            return "no video belongs to subset '\(asked)'; \(names)"
        case .unwritable(let file, let reason):
            return "\(file): cannot be written (\(reason)); check the folder, its permissions and free space"
        }
    }
}
