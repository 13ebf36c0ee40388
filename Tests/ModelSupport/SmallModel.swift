public import Pretraining
public import SViLM
import Tensors

/// A model small enough to be trained in a test.
public enum SmallModel {
    public static let encoder: EncoderConfiguration = {
        var configuration = EncoderConfiguration()
        configuration.frames = 6
        configuration.imageSize = 32
        configuration.width = 16
        configuration.depth = 2
        configuration.heads = 2
        configuration.groups = 3
        configuration.commonSpace = 8
        configuration.dropPath = 0.1
        return configuration
    }()

    public static func settings(_ change: (inout PretrainingConfiguration) -> Void = { _ in })
        -> PretrainingConfiguration
    {
        var settings = PretrainingConfiguration()
        settings.text.width = 16
        settings.text.depth = 1
        settings.text.heads = 2
        settings.batchSize = 6
        settings.chunkSize = 4
        settings.steps = 6
        settings.checkpointSteps = 2
        settings.validationSteps = 3
        settings.warmupSteps = 2
        change(&settings)
        return settings
    }

    /// A clip of one colour and random noise, with its colour as caption.
    public static func clip(_ index: Int) -> CaptionedClip {
        let colours = ["red", "green", "blue"]
        let colour = index % 3
        var generator = RandomGenerator(seed: UInt64(index))
        let pixels = (0..<(6 * 32 * 32 * 3)).map { place in
            UInt8((place % 3 == colour ? 180 : 30) + generator.integer(in: 0...20))
        }
        return CaptionedClip(
            pixels: pixels, caption: "a \(colours[colour]) square number \(index % 7)", scene: index / 2,
            alternatives: colours.filter { $0 != colours[colour] }.map { "a \($0) square number \(index % 7)" })
    }
}
