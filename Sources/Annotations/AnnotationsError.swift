/// What can be wrong with annotations that were read without error.
public enum AnnotationsError: Error, Equatable, CustomStringConvertible {
    /// A subset that no video belongs to.
    case noSuchSubset(asked: String, present: [String])
    /// Times that are read are numbers of frames, as `what` says, and no frame rate is known.
    case noFrameRate(file: String, what: String)
    /// A format to be written counts frames, and the frame rate of a video is not known.
    case unknownFrameRate(video: String, format: String)
    /// A set that cannot be split as asked.
    case notSplittable(reason: String)

    public var description: String {
        switch self {
        case .noSuchSubset(let asked, let present):
            let names =
                present.isEmpty ? "none is named in the file" : "the file has \(present.joined(separator: ", "))"
            return "no video belongs to subset '\(asked)'; \(names)"
        case .notSplittable(let reason): return "the videos cannot be split: \(reason)"
        case .noFrameRate(let file, let what):
            return "\(file): \(what), and the file does not say how many frames a second has"
        case .unknownFrameRate(let video, let format):
            return "\(format) counts frames, and the frame rate of '\(video)' is not known"
        }
    }
}
