public import Encoders
import Tensors
public import Video

/// An encoder that leaves to a protocol which frames are taken, how they are prepared and what is kept.
public protocol ProtocolEncoder: SnippetEncoder {
    /// What was read, in words.
    var summary: String { get }
    /// Tensors of the weight file that have no use.
    var leftOver: [String] { get }
    var rules: EncoderProtocol { get }
}

extension ProtocolEncoder {
    /// That of a video of 30 frames a second, where the protocol keeps the rate of videos.
    public var clock: SamplingClock { rules.clock(own: FrameRate(30)) }

    public func clock(own: FrameRate) -> SamplingClock { rules.clock(own: own) }

    /// Frames come in their own size: their protocol resizes them.
    public var frameShape: FrameShape { .native }

    public var frameTransform: (any FrameTransform)? { FramePreparation(settings: rules.preprocessing) }
}

/// Resize and crop on the decoding thread.
private struct FramePreparation: FrameTransform {
    var settings: FramePreprocessing

    func callAsFunction(_ frame: RGBImage) -> RGBImage { settings.pixels(of: frame) }
}

extension EncoderProtocol.FramePooling {
    /// Values that are kept for each value of a frame.
    var factor: Int { self == .changes ? 2 : 1 }

    /// What is kept of the features of a window's frames.
    ///
    /// - Parameter rows: `[frame, channels]`
    /// - Returns: `[1, channels]`, or twice as many.
    func callAsFunction(_ rows: Tensor) -> Tensor {
        let (frames, channels) = (rows.shape[0], rows.shape[1])
        switch self {
        case .mean: return frames == 1 ? rows : rows.mean(axes: [0], keepsAxes: true)
        case .max: return frames == 1 ? rows : rows.max(axis: 0).reshaped([1, channels])
        case .changes:
            let later = rows.slice(axis: 0, 1..<frames), earlier = rows.slice(axis: 0, 0..<frames - 1)
            let changes = (later - earlier).magnitude().mean(axes: [0], keepsAxes: true)
            return .concatenated([rows.mean(axes: [0], keepsAxes: true), changes], axis: 1)
        }
    }
}
