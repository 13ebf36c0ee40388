import Files

/// What can be asked of an HDF5 file; see ``HDF5Reader``.
enum HDF5Request: Codable {
    /// Opens a store for the requests that name a video, or a file of others for those that name an array.
    case open(path: String)
    case header(video: String)
    case sequence(video: String)
    /// Reads the features of a video, checks them, and gives their header.
    case check(video: String)
    /// Some rows of the features of a video.
    case rows(video: String, first: Int, count: Int)
    case precision(video: String)
    /// The shape of an array in a file of others.
    case shape(array: String)
    case array(String)
    /// What made the features of a store, and which part of a list it is for.
    case origin(path: String)
    /// What a part holds.
    case part(path: String)
    /// Puts the videos of parts into a copy of their store.
    case fold(copy: String, parts: [String])

    /// Opens an empty store to be filled from others.
    case beginMerge(target: String, sources: [String])
    /// Checks and copies videos into it.
    case merge([MergedVideo])
    /// Closes it.
    case endMerge

    /// The files that answering reads.
    var paths: [String] {
        switch self {
        case .open(let path), .origin(let path), .part(let path): [path]
        case .fold(let copy, let parts): [copy] + parts
        case .beginMerge(let target, let sources): [target] + sources + sources.flatMap(StoreLayout.parts)
        case .header, .sequence, .check, .rows, .precision, .shape, .array, .merge, .endMerge: []
        }
    }
}

/// A video of one of the stores that are merged.
struct MergedVideo: Codable {
    /// The index of the store.
    var source: Int
    var video: String
}

/// A request as it is sent to another process.
struct HDF5Question: Codable {
    var request: HDF5Request
    /// What answering may use at least.
    var processorSeconds: Int
}

/// The answers to ``HDF5Request``.
enum HDF5Reply: Codable {
    case opened(OpenedStore)
    case header(FeatureHeader)
    /// The values follow as `Float`, row by row.
    case sequence(FeatureHeader)
    case precision(FeaturePrecision?)
    /// The file is no store but has arrays of these names.
    case arrays([String], kind: String, leftOut: [String])
    case shape([Int])
    /// The values follow as `Float`, the last axis first.
    case array(shape: [Int])
    case origin(FeatureOrigin, shard: StoreShard?)
    case part(video: String, origin: FeatureOrigin)
    /// What was asked for is done.
    case done
    /// The file cannot be used.
    case failed(reason: String)
    /// The features of a video cannot be used.
    case refused(FeatureError)
    case inaccessible(FileError)
}

/// What is known of a store once it is open.
struct OpenedStore: Codable {
    var origin: FeatureOrigin
    var shard: StoreShard?
    /// Sorted.
    var videos: [String]
    /// Sorted.
    var incompleteVideos: [String]
}
