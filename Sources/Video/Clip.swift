import Tensors

/// The frames taken from one window of a video.
public struct Clip: Sendable {
    /// Number of the window, from 0.
    public let index: Int
    public let frameCount: Int
    public let height: Int
    public let width: Int
    /// 8-bit RGB, `[frames, height, width, 3]`.
    public let pixels: [UInt8]
    /// The time on the sampling clock of each frame.
    public let seconds: [Double]
    /// The time at which each frame begins in the video itself.
    public let sourceSeconds: [Double]
    /// Frames at the end that only repeat the last frame of the video.
    public let paddedFrames: Int

    /// The pixels scaled to 0...1, less the mean and divided by the standard deviation of each channel.
    ///
    /// - Parameters:
    ///   - mean: red, green, blue on the scale 0...1.
    ///   - std: the same.
    /// - Returns: `[frames, height, width, 3]`.
    public func normalized(mean: [Float] = [0.5, 0.5, 0.5], std: [Float] = [0.5, 0.5, 0.5]) -> Tensor {
        Tensor([frameCount, height, width, 3]) { normalize(mean: mean, std: std, into: $0) }
    }

    /// Writes what ``normalized(mean:std:)`` returns, for filling a batch.
    public func normalize(mean: [Float], std: [Float], into target: UnsafeMutableBufferPointer<Float>) {
        precondition(mean.count == 3 && std.count == 3 && std.allSatisfy { $0 > 0 }, "one mean and deviation a channel")
        precondition(target.count == pixels.count, "\(target.count) places for \(pixels.count) values")
        let scale = std.map { 1 / (255 * $0) }
        let shift = zip(mean, std).map { -$0 / $1 }
        let (scale0, scale1, scale2) = (scale[0], scale[1], scale[2])
        let (shift0, shift1, shift2) = (shift[0], shift[1], shift[2])
        pixels.withUnsafeBufferPointer { pixels in
            var place = 0
            while place + 2 < pixels.count {
                target[place] = Float(pixels[place]) * scale0 + shift0
                target[place + 1] = Float(pixels[place + 1]) * scale1 + shift1
                target[place + 2] = Float(pixels[place + 2]) * scale2 + shift2
                place += 3
            }
        }
    }

    /// One frame as a picture.
    public func image(_ frame: Int) -> RGBImage {
        let count = height * width * 3
        return RGBImage(width: width, height: height, pixels: Array(pixels[frame * count..<(frame + 1) * count]))
    }
}
