public import Features
public import Tensors
import Threads
public import Video

/// A baseline without weights: how much the picture changes within a snippet, and its colour at both ends.
///
/// Of eight frames evenly spread over the window it gives 13 numbers, all in 0…1:
/// - 0 to 6: the mean absolute difference between each frame and the one before, over all pixels and colours;
/// - 7 to 9: the mean red, green and blue of the first frame;
/// - 10 to 12: those of the last frame.
public struct FrameDifferenceEncoder: SnippetEncoder {
    /// Frames looked at in each window.
    public static let frames = 8

    public let origin: FeatureOrigin
    public let clock: SamplingClock
    public let frameShape: FrameShape
    public var channels: Int { Self.frames - 1 + 6 }

    /// - Parameter configuration: must be valid.
    public init(_ configuration: FrameDifferenceConfiguration) throws {
        origin = FeatureOrigin(
            encoder: configuration.name, encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: "", encoderPrecision: "float32")
        clock = SamplingClock(configuration.sampling, framesPerClip: Self.frames)
        frameShape = FrameShape(size: configuration.imageSize)
    }

    public func encode(_ clips: [Clip]) -> Tensor {
        let rows = Parallel.map(clips.count) { features(of: clips[$0]) }
        return Tensor(rows.flatMap { $0 }, shape: [clips.count, channels])
    }

    private func features(of clip: Clip) -> [Float] {
        let frameBytes = clip.height * clip.width * 3
        return clip.pixels.withUnsafeBufferPointer { pixels in
            var values: [Float] = []
            for frame in 1..<clip.frameCount {
                let current = UnsafeBufferPointer(rebasing: pixels[frame * frameBytes..<(frame + 1) * frameBytes])
                let previous = UnsafeBufferPointer(rebasing: pixels[(frame - 1) * frameBytes..<frame * frameBytes])
                var sum = 0
                for index in 0..<frameBytes { sum &+= abs(Int(current[index]) - Int(previous[index])) }
                values.append(Float(sum) / Float(255 * frameBytes))
            }
            for frame in [0, clip.frameCount - 1] {
                var sums = (0, 0, 0)
                var index = frame * frameBytes
                while index < (frame + 1) * frameBytes {
                    sums.0 &+= Int(pixels[index])
                    sums.1 &+= Int(pixels[index + 1])
                    sums.2 &+= Int(pixels[index + 2])
                    index += 3
                }
                values += [sums.0, sums.1, sums.2].map { Float($0) / Float(255 * frameBytes / 3) }
            }
            return values
        }
    }
}
