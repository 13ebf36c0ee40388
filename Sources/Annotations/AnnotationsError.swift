/// What can be wrong with annotations that were read without error.
public enum AnnotationsError: Error, Equatable, CustomStringConvertible {
    /// A subset that no video belongs to.
    case noSuchSubset(asked: String, present: [String])

    public var description: String {
        switch self {
        case .noSuchSubset(let asked, let present):
            let names =
                present.isEmpty ? "none is named in the file" : "the file has \(present.joined(separator: ", "))"
            return "no video belongs to subset '\(asked)'; \(names)"
        }
    }
}
