/// What can go wrong between features and detections.
public enum LocalizationError: Error, Equatable, CustomStringConvertible {
    /// The features have another number of channels than the head takes.
    case featureChannels(found: Int, expected: Int)
    /// A setting of another toolkit's model that has no counterpart here.
    case officialSettings(file: String, problem: String)

    public var description: String {
        switch self {
        case .featureChannels(let found, let expected):
            return "the features have \(found) channels and the head takes \(expected); "
                + "use features of the encoder it was made for, or set input_channels of the head"
        case .officialSettings(let file, let problem):
            return "\(file): \(problem)"
        }
    }
}
