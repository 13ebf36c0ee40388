import Features
import Networks
import SViLM
import Tensors
import Video

/// The S-ViLM video encoder as an encoder of snippets.
public struct SViLMSnippetEncoder: SnippetEncoder {
    public let origin: FeatureOrigin
    public let clock: SamplingClock
    public let frameShape: FrameShape
    public var channels: Int { encoder.configuration.featureChannels }
    private let encoder: VideoEncoder
    private let tubelets: Tubelets

    public init(_ encoder: VideoEncoder) throws {
        let configuration = encoder.configuration
        self.encoder = encoder
        tubelets = Tubelets(configuration)
        origin = FeatureOrigin(
            encoder: configuration.name, encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: Weights.hash(of: encoder))
        clock = SamplingClock(configuration.sampling, framesPerClip: configuration.frames)
        frameShape = FrameShape(size: configuration.imageSize)
    }

    public func encode(_ clips: [Clip]) -> Tensor {
        let rows = Parallel.map(clips.count) { index in
            let clip = clips[index]
            let values = tubelets(clip.pixels, frames: clip.frameCount, height: clip.height, width: clip.width)
            return encoder.features(encoder(values.reshaped([1] + values.shape)))
        }
        return Tensor.concatenated(rows, axis: 0)
    }
}
