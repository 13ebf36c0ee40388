/// What can go wrong with stored features.
public enum FeatureError: Error, Equatable, Codable, CustomStringConvertible {
    /// There is nothing at the path.
    case notFound(path: String)
    /// The file exists but cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is readable but does not hold features as this program knows them.
    case malformed(path: String, reason: String)
    /// The store has no such video.
    case unknownVideo(path: String, video: String)
    /// The features of one video cannot be used.
    case damaged(path: String, video: String, reason: String)
    /// A video id that no store can hold.
    case invalidName(video: String, reason: String)
    /// A grid that makes no sense.
    case invalidGrid(path: String, video: String, reason: String)
    /// Something could not be written.
    case unwritable(path: String, reason: String)
    /// The store was made by another encoder or with other settings.
    case otherEncoder(path: String, difference: String)

    public var description: String {
        switch self {
        case .notFound(let path):
            "\(path): no such file or folder"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason))"
        case .malformed(let path, let reason):
            "\(path): holds no usable features: \(reason)"
        case .unknownVideo(let path, let video):
            "\(path): has no features of video '\(video)'"
        case .damaged(let path, let video, let reason):
            "\(path): the features of video '\(video)' cannot be used (\(reason))"
        case .invalidName(let video, let reason):
            "'\(video)' cannot be the id of a video: \(reason)"
        case .invalidGrid(let path, let video, let reason):
            "\(path): the grid of '\(video)' \(reason)"
        case .unwritable(let path, let reason):
            "\(path): cannot be written (\(reason))"
        case .otherEncoder(let path, let difference):
            "\(path): was made with \(difference); choose another file or remove this one"
        }
    }
}
