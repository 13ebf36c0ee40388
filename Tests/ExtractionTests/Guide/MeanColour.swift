import Configuration
import Features
import Tensors
import Threads
import Video

@testable import Extraction

// The encoder that docs/add-an-encoder.md adds. Each of its code blocks is in this file.

/// Settings of ``MeanColourEncoder``.
struct MeanColourConfiguration: Configurable {
    static let kind = "mean-colour"

    /// Kind of encoder, for readers of the file: always `mean-colour`.
    var kind = Self.kind
    /// Name stored with the features.
    var name = "mean-colour"
    /// Height and width of a frame in pixels.
    var imageSize = 32
    /// Which frames of a video make a clip.
    var sampling = SamplingConfiguration()

    func validate() throws {
        try require(kind == Self.kind, "kind", "must be '\(Self.kind)' for this encoder")
        try require((1...4096).contains(imageSize), "image_size", "must be between 1 and 4096")
        try sampling.validate()
    }
}

/// The mean red, green and blue of the first frame of a clip, each in 0…1.
struct MeanColourEncoder: SnippetEncoder {
    let origin: FeatureOrigin
    let clock: SamplingClock
    let frameShape: FrameShape
    var channels: Int { 3 }

    init(_ configuration: MeanColourConfiguration) throws {
        origin = FeatureOrigin(
            encoder: configuration.name, encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: "", encoderPrecision: "float32")
        clock = SamplingClock(configuration.sampling, framesPerClip: 1)
        frameShape = FrameShape(size: configuration.imageSize)
    }

    func encode(_ clips: [Clip]) -> Tensor {
        let rows = Parallel.map(clips.count) { index in
            let clip = clips[index]
            let pixels = clip.height * clip.width
            return (0..<3).map { colour in
                let sum = (0..<pixels).reduce(0) { $0 + Int(clip.pixels[3 * $1 + colour]) }
                return Float(sum) / Float(255 * pixels)
            }
        }
        return Tensor(rows.flatMap { $0 }, shape: [clips.count, channels])
    }
}

extension EncoderKind {
    static let meanColour = EncoderKind(MeanColourConfiguration.kind, MeanColourConfiguration.self) { source in
        try source.refuseWeights()
        try source.refuseOtherPrecisions()
        return try MeanColourEncoder(ConfigurationFile.load(from: source.configuration))
    }
}
