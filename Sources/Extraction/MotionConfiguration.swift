public import Configuration
import SViLM
public import Video

/// Settings of ``MotionEncoder``.
public struct MotionConfiguration: Configurable {
    /// The `kind` of such a file.
    public static let kind = "motion"

    /// Kind of encoder, for readers of the file: always `motion`.
    public var kind = Self.kind
    /// Name stored with the features.
    public var name = "motion"
    /// Height and width in pixels that whole frames are scaled to.
    public var imageSize = 72
    /// Which frames of a video make a clip; all frames of each window are looked at.
    public var sampling = SamplingConfiguration()

    public init() {
        sampling.frameRateNumerator = 25
        sampling.strideFrames = 8
        sampling.windowFrames = 16
    }

    public func validate() throws {
        try require(kind == Self.kind, "kind", "must be '\(Self.kind)' for this encoder")
        try require((8...4096).contains(imageSize), "image_size", "must be between 8 and 4096")
        try sampling.validate()
        let frames = MotionEncoder.parts + 1...1024
        try require(
            frames.contains(sampling.windowFrames), "sampling.window_frames",
            "must be between \(frames.lowerBound) and \(frames.upperBound)")
    }
}

extension EncoderKind {
    static let motion = EncoderKind(MotionConfiguration.kind, MotionConfiguration.self) { source in
        try source.refuseWeights()
        try source.refuseOtherPrecisions()
        return try MotionEncoder(ConfigurationFile.load(from: source.configuration))
    }
}
