public import Configuration
import SViLM
public import Video

/// Settings of ``FrameDifferenceEncoder``.
public struct FrameDifferenceConfiguration: Configurable {
    /// The `kind` of such a file.
    public static let kind = "frame-difference"

    /// Kind of encoder, for readers of the file: always `frame-difference`.
    public var kind = Self.kind
    /// Name stored with the features.
    public var name = "frame-difference"
    /// Height and width of a frame in pixels.
    public var imageSize = 96
    /// Which frames of a video make a clip; eight of each window are looked at.
    public var sampling = SamplingConfiguration()

    public init() {}

    public func validate() throws {
        try require(kind == Self.kind, "kind", "must be '\(Self.kind)' for this encoder")
        try require((1...4096).contains(imageSize), "image_size", "must be between 1 and 4096")
        try sampling.validate()
        let frames = FrameDifferenceEncoder.frames
        try require(sampling.windowFrames >= frames, "sampling.window_frames", "must be at least \(frames)")
    }
}

extension EncoderKind {
    static let frameDifference = EncoderKind(FrameDifferenceConfiguration.kind, FrameDifferenceConfiguration.self) {
        source in
        try source.refuseWeights()
        try source.refuseOtherPrecisions()
        return try FrameDifferenceEncoder(ConfigurationFile.load(from: source.configuration))
    }
}
