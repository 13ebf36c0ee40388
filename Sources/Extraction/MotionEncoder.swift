public import Features
import Foundation
public import Tensors
import Threads
public import Video

/// An encoder without weights: how strongly the picture changes within a snippet, when, and over how much of the picture.
///
/// The change between two consecutive frames is the absolute difference of their grey levels (0…1) in each pixel. Its 22 values
/// are logarithms, `log(x + 0.001)`, of
/// - 0 to 7: the greatest mean change in each eighth of the window, which shows when things happen and where a shot ends;
/// - 8 to 14: the quantiles ``quantiles`` of the change over the pixels, averaged over the window. The low ones measure what
///   changes everywhere (noise, a moving camera), the high ones what moves in a part of the picture;
/// - 15 to 21: the greatest of each quantile within the window. A cut changes all of them, an action the high ones.
///
/// Logarithms make ratios of the quantiles differences of features, so that a head can compare videos of quiet and of noisy cameras.
/// Frames that the sampling clock shows twice, or that pad the end of a video, count for nothing. `eval/real-video.md` has what it reaches.
public struct MotionEncoder: SnippetEncoder {
    /// How many parts of the window have a value of their own.
    public static let parts = 8
    /// The quantiles over the pixels of a change.
    public static let quantiles: [Double] = [0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.995]

    public let origin: FeatureOrigin
    public let clock: SamplingClock
    public let frameShape: FrameShape
    public var channels: Int { Self.parts + 2 * Self.quantiles.count }

    /// - Parameter configuration: must be valid.
    public init(_ configuration: MotionConfiguration) throws {
        origin = FeatureOrigin(
            encoder: configuration.name, encoderConfiguration: try EncoderSettings.json(configuration),
            weightsSHA256: "", encoderPrecision: "float32")
        clock = SamplingClock(configuration.sampling, framesPerClip: configuration.sampling.windowFrames)
        frameShape = FrameShape(size: configuration.imageSize, fit: .squash, interpolation: .area)
    }

    public func encode(_ clips: [Clip]) -> Tensor {
        let rows = Parallel.map(clips.count) { features(of: clips[$0]) }
        return Tensor(rows.flatMap { $0 }, shape: [clips.count, channels])
    }

    private func features(of clip: Clip) -> [Float] {
        let count = Self.quantiles.count
        var strongest = [Double](repeating: 0, count: Self.parts)
        var sums = [Double](repeating: 0, count: count), most = sums
        var changes = 0
        var previous = clip.grey(0)
        for frame in 1..<max(1, clip.frameCount - clip.paddedFrames) {
            if clip.sourceSeconds[frame] == clip.sourceSeconds[frame - 1] { continue }
            let current = clip.grey(frame)
            let change = Change(from: previous, to: current)
            let part = (frame - 1) * Self.parts / (clip.frameCount - 1)
            strongest[part] = max(strongest[part], change.mean)
            for (index, quantile) in Self.quantiles.enumerated() {
                let value = change.quantile(quantile)
                sums[index] += value
                most[index] = max(most[index], value)
            }
            changes += 1
            previous = current
        }
        let means = sums.map { $0 / Double(max(1, changes)) }
        return (strongest + means + most).map { Float(log($0 + 0.001)) }
    }

    /// How often each difference of grey levels occurs between two frames.
    private struct Change {
        private var counts = [Int](repeating: 0, count: 256)
        private let pixels: Int

        init(from previous: [UInt8], to current: [UInt8]) {
            pixels = current.count
            for index in current.indices { counts[abs(Int(current[index]) - Int(previous[index]))] += 1 }
        }

        /// In 0…1.
        var mean: Double {
            Double(counts.indices.reduce(0) { $0 + $1 * counts[$1] }) / Double(255 * pixels)
        }

        /// The least difference, in 0…1, that at least this fraction of the pixels does not exceed.
        func quantile(_ fraction: Double) -> Double {
            let wanted = fraction * Double(pixels)
            var covered = 0
            for level in counts.indices {
                covered += counts[level]
                if Double(covered) >= wanted { return Double(level) / 255 }
            }
            return 1
        }
    }
}

extension Clip {
    /// The grey levels of a frame: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), in 256ths.
    fileprivate func grey(_ frame: Int) -> [UInt8] {
        let count = height * width
        return pixels.withUnsafeBufferPointer { pixels in
            let first = frame * count * 3
            return (0..<count).map { index -> UInt8 in
                let at = first + 3 * index
                let red = Int(pixels[at]), green = Int(pixels[at + 1]), blue = Int(pixels[at + 2])
                let sum = 77 * red + 150 * green + 29 * blue
                return UInt8(sum >> 8)
            }
        }
    }
}
