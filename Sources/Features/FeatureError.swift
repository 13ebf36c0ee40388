/// What can go wrong with stored features, apart from what `FileError` says of any file.
public enum FeatureError: Error, Equatable, Codable, CustomStringConvertible {
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
    /// The store was made by another encoder or with other settings.
    case otherEncoder(path: String, difference: String)
    /// The store is for another part of a list, or of another list, than the one to be written.
    case otherShard(path: String, difference: String)

    public var description: String {
        switch self {
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
        case .otherEncoder(let path, let difference):
            "\(path): was made with \(difference); choose another file or remove this one"
        case .otherShard(let path, let difference):
            "\(path): is \(difference); choose another file or remove this one"
        }
    }
}
