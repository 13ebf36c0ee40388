public import Tensors

/// The features of one video with the grid they lie on.
public struct FeatureSequence: Sendable {
    /// The video they belong to.
    public var video: String
    /// `[time, channels]`
    public var features: Tensor
    /// Which frames each row covers.
    public var grid: SnippetGrid
    /// Length of the video in seconds, where known.
    public var durationSeconds: Double?
    /// What made them, where that is known.
    public var origin: FeatureOrigin?
    /// The file or folder they were read from; empty where they were computed.
    public var path: String

    public init(
        video: String, features: Tensor, grid: SnippetGrid, durationSeconds: Double? = nil,
        origin: FeatureOrigin? = nil,
        path: String = ""
    ) {
        self.video = video
        self.features = features
        self.grid = grid
        self.durationSeconds = durationSeconds
        self.origin = origin
        self.path = path
    }

    /// Number of feature vectors.
    public var length: Int { features.shape[0] }
    /// Values in each feature vector.
    public var channels: Int { features.shape[1] }
}
