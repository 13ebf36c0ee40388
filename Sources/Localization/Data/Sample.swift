public import Features
public import Tensors

/// What a head sees of one video: features, the grid they lie on, and what is annotated on that grid.
public struct Sample: Sendable {
    /// The video.
    public var video: String
    /// `[time, channels]`
    public var features: Tensor
    /// The grid of the features, from which detections get their seconds.
    public var grid: SnippetGrid
    /// Length of the video in seconds, where known.
    public var durationSeconds: Double?
    /// The annotated segments on the grid; empty for detection.
    public var segments: [GridSegment]
    /// How much each class counts in the classification loss; empty where all count the same.
    public var classWeights: [Float] = []

    public init(
        video: String, features: Tensor, grid: SnippetGrid, durationSeconds: Double? = nil, segments: [GridSegment] = []
    ) {
        self.video = video
        self.features = features
        self.grid = grid
        self.durationSeconds = durationSeconds
        self.segments = segments
    }

    /// Number of feature vectors.
    public var length: Int { features.shape[0] }

    /// How far, in feature positions, the frames of a feature reach to each side of its centre.
    public var halfWindow: Float { grid.halfWindow }
}

extension SnippetGrid {
    /// How far, in feature positions, the frames of a feature reach to each side of its centre.
    var halfWindow: Float { Float(0.5 * windowFrames / strideFrames) }
}
