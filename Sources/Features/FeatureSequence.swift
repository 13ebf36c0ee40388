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

    public init(video: String, features: Tensor, grid: SnippetGrid, durationSeconds: Double? = nil) {
        self.video = video
        self.features = features
        self.grid = grid
        self.durationSeconds = durationSeconds
    }

    /// Number of feature vectors.
    public var length: Int { features.shape[0] }
    /// Values in each feature vector.
    public var channels: Int { features.shape[1] }
}
