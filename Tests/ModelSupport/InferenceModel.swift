import Networks
public import SViLM
public import Tensors

/// Encoders whose sizes are hard for packed kernels.
public enum InferenceModel {
    public static let canRun = ComputePrecision.float32.hasPackedKernels
    public static let canRunHalves = ComputePrecision.bfloat16.hasPackedKernels

    /// Sizes that leave remainders everywhere: 2 · 3 · 3 tubelets and 5 groups, 96 channels, 3 heads, hidden portions.
    public static func configuration(_ change: (inout EncoderConfiguration) -> Void = { _ in }) -> EncoderConfiguration
    {
        var configuration = EncoderConfiguration()
        configuration.frames = 4
        configuration.imageSize = 48
        configuration.width = 96
        configuration.heads = 3
        configuration.depth = 4
        configuration.groups = 5
        configuration.feedForwardRatio = 9
        configuration.commonSpace = 32
        change(&configuration)
        return configuration
    }

    /// Clips of the shape that an encoder takes, as tubelets and as pixels.
    public static func clip(_ configuration: EncoderConfiguration, seed: UInt64) -> (pixels: [UInt8], tubelets: Tensor)
    {
        var generator = RandomGenerator(seed: seed)
        let size = configuration.imageSize
        let pixels = (0..<(configuration.frames * size * size * 3)).map { _ in UInt8(generator.integer(in: 0...255)) }
        return (pixels, Tubelets(configuration)(pixels, frames: configuration.frames, height: size, width: size))
    }

    public static func cosine(_ a: Tensor, _ b: Tensor) -> Float {
        func dot(_ a: Tensor, _ b: Tensor) -> Float { zip(a.elements, b.elements).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    public static func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
        zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    /// Biases and norms that differ from their beginnings, so that none can be forgotten.
    public static func encoder(_ configuration: EncoderConfiguration, seed: UInt64) -> VideoEncoder {
        let encoder = VideoEncoder(configuration, seed: seed)
        var generator = RandomGenerator(seed: seed + 100)
        for parameter in encoder.parameters where parameter.shape.count == 1 {
            parameter.value = parameter.value + .normal(parameter.shape, standardDeviation: 0.1, using: &generator)
        }
        return encoder
    }
}
