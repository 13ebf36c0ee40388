public import Configuration

/// How moments are found where the features of a video resemble words; see ``MomentSearch``.
public struct SearchSettings: Configurable {
    /// Standard deviation, in seconds, of the Gaussian by which similarities are smoothed over time; 0 for none.
    public var smoothing = 0.7
    /// The fractions of the way from the median of the similarities to their maximum at which a video is cut into segments.
    public var levels = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    /// Of two overlapping segments the better one stays where their tIoU is at least this.
    public var overlap = 0.3
    /// Segments shorter than this are left out, in seconds.
    public var shortest = 0.0
    /// Segments whose score is lower are left out.
    public var minimumScore = -Double.infinity
    /// Most segments of a video and a text.
    public var mostSegments = 20
    /// Whether the texts compete: each similarity counts as far as it lies above the mean of all texts at that moment.
    public var compares = false

    public static var section: String { "search" }

    public init() {}

    public func validate() throws {
        try require(smoothing >= 0 && smoothing <= 3600, "smoothing", "must be from 0 to 3600")
        try require(!levels.isEmpty && levels.allSatisfy { $0 > 0 && $0 < 1 }, "levels", "must lie between 0 and 1")
        try require(overlap > 0 && overlap <= 1, "overlap", "must be above 0 and at most 1")
        try require(shortest >= 0 && shortest.isFinite, "shortest", "must not be negative")
        try require(!minimumScore.isNaN, "minimum_score", "must be a number")
        try require((1...100_000).contains(mostSegments), "most_segments", "must be from 1 to 100,000")
    }
}
