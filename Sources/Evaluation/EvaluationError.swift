/// Why an evaluation cannot be done.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// No protocol of this name is known and no such file exists.
    case unknownProtocol(asked: String, known: [String])
    /// The ground truth has no segment to find under this protocol.
    case noGroundTruth(protocolName: String, reason: String)
    /// There are predictions, but none in a video of the ground truth.
    case noCommonVideo(predicted: String, expected: String)
    /// None of the labels of the predictions occurs in the ground truth.
    case noCommonLabel(predicted: String, expected: String)
    /// Two results that cannot be compared.
    case notComparable(String)
    /// A number that a caller gave is out of range.
    case invalidSetting(String)

    public var description: String {
        switch self {
        case .unknownProtocol(let asked, let known):
            return "no protocol is named '\(asked)' and no such file exists; known: \(known.joined(separator: ", "))"
        case .noGroundTruth(let name, let reason):
            return "nothing to evaluate under protocol '\(name)': \(reason)"
        case .noCommonVideo(let predicted, let expected):
            let hint =
                predicted.hasPrefix("v_") != expected.hasPrefix("v_")
                ? "; one of the files puts 'v_' before its ids: remove or add it"
                : "; check that both files are of the same data set and subset"
            return
                "no predicted video is in the ground truth (predicted: '\(predicted)', expected ids like '\(expected)')\(hint)"
        case .noCommonLabel(let predicted, let expected):
            return "no predicted label is in the ground truth (predicted: '\(predicted)', expected labels like "
                + "'\(expected)'); check that the predictions use the names of the annotation file"
        case .notComparable(let reason):
            return "the two results cannot be compared: \(reason)"
        case .invalidSetting(let reason):
            return reason
        }
    }
}
