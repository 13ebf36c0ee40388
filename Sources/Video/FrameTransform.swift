/// What is done to each frame after it was decoded and brought to its shape, on the decoding thread.
public protocol FrameTransform: Sendable {
    /// All frames of a video must come out in one size.
    func callAsFunction(_ frame: RGBImage) -> RGBImage
}
