/// Errors of loading weights into a network and of training it.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// The file lacks parameters of the network.
    case missingParameters(file: String, names: [String])
    /// The file has tensors that the network does not have.
    case unexpectedParameters(file: String, names: [String])
    /// A tensor whose shape differs from the parameter's.
    case shapeMismatch(file: String, name: String, found: [Int], expected: [Int])
    /// A value that is not a number, or infinite.
    case notFinite(file: String, name: String)
    /// The loss or the gradient of a training step, counted from 1, became infinite or not a number.
    case diverged(step: Int, quantity: String)

    public var description: String {
        switch self {
        case .missingParameters(let file, let names):
            return "\(file): lacks \(names.count) parameter(s), first '\(names.first ?? "")'; "
                + "were these weights made with another configuration?"
        case .unexpectedParameters(let file, let names):
            return "\(file): has \(names.count) tensor(s) that the network does not, first '\(names.first ?? "")'; "
                + "were these weights made with another configuration?"
        case .shapeMismatch(let file, let name, let found, let expected):
            return "\(file): '\(name)' has shape \(found), the network needs \(expected); "
                + "were these weights made with another configuration?"
        case .notFinite(let file, let name):
            return "\(file): '\(name)' holds values that are not finite; train or fetch the weights again"
        case .diverged(let step, let quantity):
            return
                "training step \(step): \(quantity) is not finite; lower the learning rate, lengthen the warm-up, or look "
                + "at the features"
        }
    }
}
