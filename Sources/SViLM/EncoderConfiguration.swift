public import Configuration
public import Video

/// The shape of an S-ViLM video encoder and how its clips are sampled.
///
/// Where the paper (Structured Video-Language Modeling with Temporal Grouping and Spatial Grounding, ICLR 2024) gives no
/// value, the choice is a key here and not a constant in the code. The defaults are those of the `tiny` size.
public struct EncoderConfiguration: Configurable {
    /// The values of a tubelet, computed from its two frames before the linear embedding.
    public enum Tubelet: String, Codable, Sendable, CaseIterable {
        /// Both frames as they are, as in the paper.
        case plain
        /// Their mean, and their difference times ``EncoderConfiguration/differenceScale``: the same information in a
        /// form that makes motion visible to small encoders.
        case meanDifference = "mean-difference"
    }

    /// The tokens that the global vector of a clip is computed from.
    public enum GlobalSource: String, Codable, Sendable, CaseIterable {
        /// The mean of the group tokens.
        case groups
        /// The mean of the video tokens.
        case video
        /// The sum of both means.
        case sum
    }

    /// The feature of a snippet.
    public enum Feature: String, Codable, Sendable, CaseIterable {
        /// The global vector.
        case global
        /// The mean of the video tokens.
        case video
        /// The global vector and the mean of the video tokens, concatenated.
        case both
        /// As `both`, with two standard deviations of the video tokens: over time at each position of the frame, which shows
        /// motion that the mean averages out, and over positions of the means in time.
        case moments
    }

    /// The space of the vectors in the feature.
    public enum FeatureSpace: String, Codable, Sendable, CaseIterable {
        /// Of the transformer's width, before any projection.
        case width
        /// Projected to the space shared with text; the video tokens by the projection of the clip features.
        case common
    }

    /// Kind of encoder, for readers of the file: always `svilm`.
    public var kind = "svilm"
    /// Name stored with the features.
    public var name = "svilm-tiny"
    /// Frames of a clip; even.
    public var frames = 8
    /// Height and width of a frame in pixels; a multiple of ``patchSize``.
    public var imageSize = 96
    /// Height and width of a tubelet in pixels. A tubelet is two frames long.
    public var patchSize = 16
    /// How the two frames of a tubelet are presented to the embedding.
    public var tubelet = Tubelet.meanDifference
    /// Factor on the difference of the two frames, for ``Tubelet/meanDifference``.
    public var differenceScale = 3.0
    /// Channels of a token.
    public var width = 128
    /// Transformer layers.
    public var depth = 4
    /// Attention heads; divides the width.
    public var heads = 4
    /// Hidden channels of the feed-forward networks, as a multiple of the width.
    public var feedForwardRatio = 4
    /// Group tokens.
    public var groups = 8
    /// Standard deviation of the initial group tokens. Attention adds similar vectors to all of them, so tokens that start
    /// too small become equal.
    public var groupDeviation = 0.02
    /// The layers, counted from 1, after which tokens are grouped; empty for half, three quarters and all of the depth.
    public var groupingAfter: [Int] = []
    /// Channels of the space shared with text.
    public var commonSpace = 256
    /// The tokens that the global vector is computed from.
    public var global = GlobalSource.sum
    /// The feature of a snippet.
    public var feature = Feature.both
    /// The space of the feature.
    public var featureSpace = FeatureSpace.width
    /// Probability of dropping a branch during training (stochastic depth).
    public var dropPath = 0.0
    /// Probability of dropping temporal position embeddings during training, so the objectives cannot be solved from
    /// position alone.
    public var timeDropout = 0.0
    /// Mean of red, green and blue in 0…1, subtracted first.
    public var mean: [Double] = [0.5, 0.5, 0.5]
    /// Standard deviation of red, green and blue in 0…1; they are divided by it. The name is the key of the file, which
    /// feature files store as part of their origin.
    public var deviation: [Double] = [0.5, 0.5, 0.5]
    /// The frames of a video that make up a clip.
    public var sampling = SamplingConfiguration()

    public init() {}

    /// Tubelets along time.
    public var clipLength: Int { frames / 2 }
    /// Tubelets along one side of a frame.
    public var gridSize: Int { imageSize / patchSize }
    /// Values in a tubelet.
    public var tubeletValues: Int { 2 * patchSize * patchSize * 3 }
    /// The layers, counted from 1, after which tokens are grouped.
    public var groupingLayers: [Int] {
        guard groupingAfter.isEmpty else { return groupingAfter }
        return Array(Set([max(1, depth / 2), max(1, depth * 3 / 4), depth])).sorted()
    }
    /// Channels of the feature.
    public var featureChannels: Int {
        let space = featureSpace == .width ? width : commonSpace
        switch feature {
        case .global, .video: return space
        case .both: return 2 * space
        case .moments: return 4 * space
        }
    }

    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ problem: String) throws {
            guard condition else { throw ConfigurationError.invalidValue(file: "", key: key, problem: problem) }
        }
        try require(kind == "svilm", "kind", "must be 'svilm' for this encoder")
        try require(frames >= 2 && frames % 2 == 0 && frames <= 1024, "frames", "must be even, from 2 to 1024")
        try require((1...256).contains(patchSize), "patch_size", "must be between 1 and 256")
        try require(
            imageSize >= patchSize && imageSize % patchSize == 0 && imageSize <= 4096, "image_size",
            "must be a multiple of patch_size (\(patchSize)), at most 4096")
        try require(
            (1...16384).contains(width) && (1...1024).contains(depth), "width",
            "and depth must be between 1 and 16384, and 1 and 1024")
        try require(heads > 0 && width % heads == 0, "heads", "must divide width (\(width))")
        try require((1...64).contains(feedForwardRatio), "feed_forward_ratio", "must be between 1 and 64")
        try require((1...4096).contains(groups), "groups", "must be between 1 and 4096")
        try require(groupDeviation > 0 && groupDeviation.isFinite, "group_deviation", "must be positive")
        try require((1...65536).contains(commonSpace), "common_space", "must be positive")
        try require(
            groupingAfter.allSatisfy { (1...depth).contains($0) } && Set(groupingAfter).count == groupingAfter.count,
            "grouping_after", "must list different layers from 1 to depth (\(depth))")
        try require(mean.count == 3 && mean.allSatisfy(\.isFinite), "mean", "must be three numbers")
        try require(
            deviation.count == 3 && deviation.allSatisfy { $0 > 0 }, "deviation", "must be three positive numbers")
        try require(
            feature != .moments || featureSpace == .width, "feature_space", "must be width where feature is moments")
        try require(
            differenceScale > 0 && differenceScale.isFinite, "difference_scale", "must be positive")
        try require((0..<1).contains(dropPath), "drop_path", "must be at least 0 and below 1")
        try require((0...1).contains(timeDropout), "time_dropout", "must be between 0 and 1")
        try sampling.validate()
        try require(
            sampling.windowFrames >= frames, "sampling.window_frames", "must be at least frames (\(frames))")
    }
}

extension EncoderConfiguration {
    /// The clock by which videos become clips.
    public var clock: SamplingClock { SamplingClock(sampling, framesPerClip: frames) }
}
