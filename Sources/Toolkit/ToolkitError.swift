/// Errors of jobs, apart from those of the stages they run.
public enum ToolkitError: Error, Equatable, CustomStringConvertible {
    /// A run folder without a text encoder cannot name actions by words.
    case noTextEncoder(run: String)
    /// The features were made with other weights than the model has.
    case otherWeights(features: String)
    /// A name that nothing has.
    case unknownName(_ name: String, noun: String, known: [String])
    /// A name where none of the files that come with the toolkit was found.
    case nothingShipped(_ name: String, noun: String, folders: [String])
    /// A run whose encoder has weights that neither the run nor the toolkit holds.
    case encoderWeights(run: String, encoder: String, sha256: String)
    /// Texts without a single word that the model knows.
    case unknownWords(model: String, words: [String])
    /// A model or features that words cannot be compared with.
    case noWords(model: String, problem: String)
    /// A head that sees a video as a whole was to find actions while the video lasts.
    case wholeVideo
    /// Several videos, or none, where one was to be followed.
    case oneVideo(count: Int)
    /// The folder for a demo holds something else.
    case otherDemo(folder: String, problem: String)

    public var description: String {
        switch self {
        case .noTextEncoder(let run):
            "\(run): holds no text encoder, so it cannot name actions by words; name the folder of the pre-trained model"
        case .otherWeights(let features):
            "\(features) were made with other weights than this model's; extract them again with it"
        case .encoderWeights(let run, let encoder, let sha256):
            "\(run): was trained on features of \(encoder) with weights (SHA-256 \(sha256)) that the run does not hold; give that "
                + "file"
        case .noWords(let model, let problem): "\(model): \(problem)"
        case .oneVideo(let count): "\(count) videos; a single one can be followed while it is recorded"
        case .wholeVideo:
            "this head resamples a whole video to its length (window.policy is resample), so it finds nothing before the video has ended; "
                + "use a head whose policy is crop or sliding, or detect in the whole recording"
        case .otherDemo(let folder, let problem): "\(folder): \(problem); choose another folder"
        case .unknownName(let name, let noun, let known):
            "'\(name)' is no file, and no \(noun) that comes with tal; there are "
                + (known.isEmpty ? "none" : known.joined(separator: ", "))
        case .nothingShipped(let name, let noun, let folders):
            "'\(name)' is no file, and none of what comes with tal, such as every \(noun), lies in "
                + "\(folders.map { "\($0)/" }.joined(separator: ", ")): the folders 'configs' and 'models' were expected there; install the "
                + "program with them, or give a path"
        case .unknownWords(let model, let words):
            "\(model): the vocabulary has none of the words \(words.prefix(5).map { "'\($0)'" }.joined(separator: ", ")); "
                + "use words that the model was trained on"
        }
    }
}
