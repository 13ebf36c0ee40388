public import Configuration
public import Video

/// A named way of using an encoder on a video: which frames, brought to which form, and what of its output is kept.
///
/// Features of one encoder under two protocols are different features.
public struct EncoderProtocol: Configurable, Hashable {
    /// What becomes of a window that runs past the end of the video.
    public enum LastWindow: String, Codable, Sendable, CaseIterable {
        /// It is left out, unless it is the first.
        case drop
        /// It is kept, with the last frame repeated, where at least half of it is real.
        case pad
    }

    /// What becomes of the features of a window's frames where the encoder takes one frame at a time.
    public enum FramePooling: String, Codable, Sendable, CaseIterable {
        case mean, max
        /// The mean, and beside it the mean absolute difference between each frame's feature and the one before: twice as many
        /// values.
        case changes = "mean-and-changes"
    }

    public var name = "dense"
    /// Where the rules come from.
    public var about = ""
    /// The families of encoders it was made for; empty for any.
    public var families: [String] = []
    /// Frames a second at which the video is read; 0 for its own.
    public var frameRate = 0.0
    /// Frames from one window to the next.
    public var strideFrames = 16
    /// Seconds from one window to the next, instead of `stride_frames`; 0 for not.
    public var strideSeconds = 0.0
    /// Frames in a window.
    public var windowFrames = 16
    /// Frames taken from a window, evenly.
    public var frames = 16
    public var lastWindow = LastWindow.pad
    public var preprocessing = FramePreprocessing()
    /// What is kept of an encoder's output: pooled, per_step, image_embeds or patch_mean.
    public var feature = "pooled"
    public var framePooling = FramePooling.mean
    /// What a fixed table of positions becomes for clips of another size than that of training: resized or rebuilt; what the
    /// encoder's authors do where nil.
    public var otherSizes: String?
    /// Whether `preprocessing` must agree with the `preprocessor_config.json` beside the weights, where there is one; false for
    /// protocols that prepare frames in their own way on purpose.
    public var checksProcessor = true

    public init() {}

    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ problem: String) throws {
            guard condition else { throw ConfigurationError.invalidValue(file: "", key: key, problem: problem) }
        }
        try require(!name.isEmpty, "name", "must not be empty")
        try require(frameRate >= 0 && frameRate <= 1000, "frame_rate", "must be from 0 to 1000")
        try require((1...100_000).contains(strideFrames), "stride_frames", "must be from 1 to 100,000")
        try require(strideSeconds >= 0 && strideSeconds <= 3600, "stride_seconds", "must be from 0 to 3600")
        try require((1...100_000).contains(windowFrames), "window_frames", "must be from 1 to 100,000")
        try require((1...min(windowFrames, 1024)).contains(frames), "frames", "must be from 1 to window_frames")
        try require(
            VisionTransformer.Feature(rawValue: feature) != nil, "feature",
            "must be one of \(VisionTransformer.Feature.allCases.map(\.rawValue).joined(separator: ", "))")
        try require(
            framePooling != .changes || frames > 1, "frame_pooling", "needs two frames for changes between them")
        if let otherSizes {
            try require(
                TransformerSettings.OtherSizes(rawValue: otherSizes) != nil, "other_sizes", "must be resized or rebuilt"
            )
        }
        do {
            try preprocessing.validate()
        } catch ConfigurationError.invalidValue(let file, let key, let problem) {
            throw ConfigurationError.invalidValue(file: file, key: "preprocessing.\(key)", problem: problem)
        }
    }

    /// The clock of a video.
    ///
    /// - Parameter own: the frame rate of the video itself.
    public func clock(own: FrameRate) -> SamplingClock {
        // Rates such as 29.97 are given with two or three digits.
        let rate = frameRate > 0 ? FrameRate(max(1, Int((frameRate * 1000).rounded())), 1000) : own
        let stride = strideSeconds > 0 ? max(1, Int((strideSeconds * rate.framesPerSecond).rounded())) : strideFrames
        return SamplingClock(
            frameRate: rate, strideFrames: stride, windowFrames: windowFrames, framesPerClip: frames,
            keepsPartialWindows: lastWindow == .pad)
    }
}
