/// What can go wrong between features and detections.
public enum LocalizationError: Error, Equatable, CustomStringConvertible {
    /// The features have another number of channels than the head takes.
    case featureChannels(found: Int, expected: Int)
    /// A setting of another toolkit's model that has no counterpart here.
    case officialSettings(file: String, problem: String)
    /// A list of class names that cannot be used.
    case labels(file: String, problem: String)
    /// Features of one source that do not belong together.
    case mixedFeatures(file: String, video: String, problem: String)
    /// Features of another kind than the model was trained on.
    case otherFeatures(file: String, video: String, problem: String)
    /// A run folder that cannot be written or read.
    case runFolder(path: String, problem: String)

    public var description: String {
        switch self {
        case .featureChannels(let found, let expected):
            return "the features have \(found) channels and the head takes \(expected); "
                + "use features of the encoder it was made for, or set input_channels of the head"
        case .officialSettings(let file, let problem):
            return "\(file): \(problem)"
        case .labels(let file, let problem):
            return "\(file): \(problem); expected class names, one a line, in the order of the classes"
        case .mixedFeatures(let file, let video, let problem):
            return "\(file): video '\(video)' \(problem); extract all videos with one encoder"
        case .otherFeatures(let file, let video, let problem):
            return "\(file): the features of '\(video)' do not fit the model: \(problem)"
        case .runFolder(let path, let problem):
            return "\(path): \(problem)"
        }
    }
}
