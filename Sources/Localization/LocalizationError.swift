public import Tensors

/// What can go wrong between features and detections.
public enum LocalizationError: Error, Equatable, CustomStringConvertible {
    /// The features have another number of channels than the head takes.
    case featureChannels(found: Int, expected: Int)
    /// The features cannot be dealt to the groups of a convolution.
    case channelGroups(channels: Int, groups: Int)
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
    /// No annotated video of a subset has features.
    case nothingToTrain(subset: String, path: String)
    /// The videos of a subset have features and not one labelled segment.
    case noLabelledSegment(subset: String)
    /// No window of a subset holds enough of an action.
    case noTrainedWindow(subset: String, share: Float)
    /// A file of video-level class scores that cannot be used.
    case videoScores(file: String, problem: String)
    /// A video whose classes are not known.
    case missingVideoScores(file: String, video: String)
    /// Nothing says which class the segments of a class-agnostic head have.
    case nameless
    /// A run that does not hold its encoder cannot process videos.
    case noEncoder(run: String)
    /// A file of raw proposals that cannot be used.
    case rawProposals(file: String, problem: String)
    /// A file has no curves of scores, or broken ones.
    case scoreCurves(file: String, problem: String)
    /// The processor lacks the instructions for the requested precision.
    case precision(ComputePrecision, setting: String)

    public var description: String {
        switch self {
        case .featureChannels(let found, let expected):
            return "the features have \(found) channels and the head takes \(expected); "
                + "use features of the encoder it was made for, or set input_channels of the head"
        case .channelGroups(let channels, let groups):
            return
                "the features have \(channels) channels, which cannot be dealt to \(groups) groups; set embedding_groups of "
                + "the head to a divisor"
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
        case .nothingToTrain(let subset, let path):
            return "no video of subset '\(subset)' has both annotations and features in \(path); "
                + "check the names of the videos and training.training_subset"
        case .noLabelledSegment(let subset):
            return "subset '\(subset)' has no labelled segment, so there is nothing to train on"
        case .noTrainedWindow(let subset, let share):
            return "no window of subset '\(subset)' holds \(share) of an action; lower window.required_inside, or make "
                + "the windows longer"
        case .videoScores(let file, let problem), .rawProposals(let file, let problem),
            .scoreCurves(let file, let problem):
            return "\(file): \(problem)"
        case .missingVideoScores(let file, let video):
            return "\(file): has no class scores of video '\(video)', so its detections have no classes"
        case .nameless:
            return "the head is class-agnostic; give class scores of whole videos (post_processing.fusion.scores) or a "
                + "classifier of segments, or ask for segments without classes"
        case .noEncoder(let run):
            return "\(run): does not say which encoder made its features; give the encoder's configuration and weights"
        case .precision(let precision, let setting):
            return "\(setting) is \(precision.rawValue), and this processor lacks the AVX512-BF16 instructions for it; "
                + "set it to float32"
        }
    }

    /// - Throws: ``precision(_:setting:)`` where this processor does not support the precision.
    static func check(_ precision: ComputePrecision, setting: String) throws(LocalizationError) {
        guard precision.isSupported else {
            throw .precision(precision, setting: setting)
        }
    }
}
