public import Configuration

/// How the features of a video are brought to a length that the head takes.
public enum WindowPolicy: String, Codable, Sendable, CaseIterable {
    /// The features stay as they are. Training cuts long sequences at random to the head's length, detection takes the
    /// whole video; both are padded.
    case crop
    /// Every video is resampled to the head's length, so that the grid differs from video to video. Training may still
    /// crop it.
    case resample
    /// As `crop` for training; detection sees a video longer than the head's length in windows of that length, which
    /// overlap and reach its end, and whose proposals compete as one.
    case sliding
}

/// Which parts of a video an epoch of training sees.
public enum TrainingWindows: String, Codable, Sendable, CaseIterable {
    /// One of each video, cut at random where the video is longer than the head's length.
    case random
    /// The windows that detection would see, each a sample of its own, if enough of an action lies in them. Segments keep
    /// their bounds even where these lie outside of the window.
    case all
}

/// Settings of ``SamplePreparation``.
public struct WindowSettings: Configurable {
    /// How the features of a video are brought to a length that the head takes.
    public var policy = WindowPolicy.crop
    /// Share of a window that the next one covers again, for policy `sliding`.
    public var overlap = 0.5
    /// Which parts of a video an epoch of training sees; `all` needs policy `sliding`.
    public var trainingWindows = TrainingWindows.random
    /// With ``trainingWindows`` `all`: a window is trained if at least this share of some segment is inside.
    public var requiredInside: Float = 0.9
    /// Shortest and longest share of a training sequence that is kept by random cropping; `null` switches it off for
    /// sequences that fit, which heads with outputs of a fixed size need.
    public var cropShares: [Double]? = [0.9, 1]
    /// A segment stays in a cropped sequence or a window if at least this share of it is inside, and more than nothing.
    public var minimumInside: Float = 0.5
    /// Whether the positions of a resampled video lie at the beginnings of its cells instead of in their middle, as in OpenTAD.
    public var positionsAtEdges = false
    /// Every how many-th feature vector is used.
    public var downsampling = 1
    /// Whether the mean over time is subtracted from the features of each video.
    public var centering = false
    /// Whether training leaves out segments that lie mostly behind the last feature and cuts others off there.
    public var clipsToFeatures = false

    public static var section: String { "window" }

    public init() {}

    public func validate() throws {
        if let cropShares {
            guard cropShares.count == 2, cropShares[0] > 0, cropShares[0] <= cropShares[1], cropShares[1] <= 1 else {
                throw invalid("crop_shares", "must be two numbers above 0 and up to 1 in ascending order, or null")
            }
        }
        if !(0...1).contains(minimumInside) { throw invalid("minimum_inside", "must lie between 0 and 1") }
        if !(0...1).contains(requiredInside) { throw invalid("required_inside", "must lie between 0 and 1") }
        if trainingWindows == .all, policy != .sliding {
            throw invalid("training_windows", "can only be all for policy sliding")
        }
        if !(0..<1).contains(overlap) { throw invalid("overlap", "must be at least 0 and below 1") }
        if downsampling < 1 { throw invalid("downsampling", "must be at least 1") }
    }
}
