/// Why a published encoder cannot be made or used. Each says what was met and what was expected.
public enum EncoderError: Error, Equatable, CustomStringConvertible {
    /// A weight file whose tensors are of no known model; `found` says what they look like.
    case unknownModel(file: String, found: String)
    /// A weight file of another model than the one asked for.
    case otherModel(file: String, found: String, expected: String)
    /// A weight file of the right model with tensors missing, left over, or of the wrong shape.
    case misfit(file: String, model: String, problems: [String])
    /// A setting of a configuration that cannot be, or that contradicts the weights.
    case configuration(file: String, problem: String)
    /// Frames that an encoder cannot take.
    case unfitInput(encoder: String, problem: String)
    /// A name that no encoder has.
    case unknownEncoder(name: String, known: [String])

    /// ONNX Runtime, which a model needs, is not there or cannot be used.
    case noRuntime(problem: String)
    /// A model in ONNX's format that cannot be run, or is not as it was declared.
    case model(file: String, problem: String)

    public var description: String {
        switch self {
        case .unknownModel(let file, let found):
            return "\(file): holds no encoder that is known here; it looks like \(found)"
        case .otherModel(let file, let found, let expected):
            return "\(file): holds \(found); expected \(expected)"
        case .misfit(let file, let model, let problems):
            let shown = problems.prefix(12).map { "\n  \($0)" }.joined()
            let rest = problems.count > 12 ? "\n  and \(problems.count - 12) more" : ""
            return "\(file): does not fit \(model):\(shown)\(rest)"
        case .configuration(let file, let problem):
            return "\(file): \(problem)"
        case .unfitInput(let encoder, let problem):
            return "\(encoder): \(problem)"
        case .noRuntime(let problem):
            return "ONNX Runtime is needed to run this model: \(problem)"
        case .model(let file, let problem):
            return "\(file): \(problem)"
        case .unknownEncoder(let name, let known):
            return "'\(name)' is no known encoder; known are \(known.joined(separator: ", "))"
        }
    }
}
