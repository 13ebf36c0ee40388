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

    /// One frame as a picture.
    public func image(_ frame: Int) -> RGBImage {
        let count = height * width * 3
        return RGBImage(width: width, height: height, pixels: Array(pixels[frame * count..<(frame + 1) * count]))
    }
}
