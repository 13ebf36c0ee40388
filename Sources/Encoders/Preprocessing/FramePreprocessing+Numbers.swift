public import Tensors
import Threads
public import Video

extension FramePreprocessing {
    /// Normalised numbers: `[height, width, 3]`.
    ///
    /// - Parameter frame: what ``pixels(of:)`` gave.
    public func normalized(_ frame: RGBImage) -> Tensor {
        Tensor([outputHeight(of: frame), outputWidth(of: frame), 3]) { write(frame, to: $0, table) }
    }

    /// Normalised frames of each clip: `[frames, height, width, 3]`, computed on several threads.
    ///
    /// - Parameter clips: of frames that ``pixels(of:)`` gave.
    public func normalized(_ clips: [Clip]) -> [Tensor] {
        let table = table
        return clips.map { clip in
            let first = clip.image(0)
            let (height, width) = (outputHeight(of: first), outputWidth(of: first))
            let size = height * width * 3
            return Tensor([clip.frameCount, height, width, 3]) { target in
                guard let start = target.baseAddress else { return }
                nonisolated(unsafe) let all = start
                Parallel.forEach(clip.frameCount) { frame in
                    write(
                        clip.image(frame), to: UnsafeMutableBufferPointer(start: all + frame * size, count: size), table
                    )
                }
            }
        }
    }

    private func outputHeight(of frame: RGBImage) -> Int { isFloat ? outputHeight : frame.height }
    private func outputWidth(of frame: RGBImage) -> Int { isFloat ? outputWidth : frame.width }

    /// What each of the 256 levels becomes in red, in green and in blue.
    private var table: [Float] {
        let mean = mean.map(Float.init), std = std.map(Float.init)
        return (0..<3).flatMap { channel in
            (0..<256).map { (Float($0) / 255 - mean[channel]) / std[channel] }
        }
    }

    private func write(_ frame: RGBImage, to target: UnsafeMutableBufferPointer<Float>, _ table: [Float]) {
        guard isFloat else {
            table.withUnsafeBufferPointer { table in
                frame.pixels.withUnsafeBufferPointer { pixels in
                    for index in stride(from: 0, to: min(target.count, pixels.count), by: 3) {
                        target[index] = table[Int(pixels[index])]
                        target[index + 1] = table[256 + Int(pixels[index + 1])]
                        target[index + 2] = table[512 + Int(pixels[index + 2])]
                    }
                }
            }
            return
        }
        let cut = begin(frame)
        let values = FloatResize.bilinear(cut, to: region(cut))
        let mean = mean.map(Float.init), std = std.map(Float.init)
        for channel in 0..<3 {
            let (middle, spread) = (mean[channel], std[channel])
            for index in stride(from: channel, to: min(target.count, values.count), by: 3) {
                target[index] = (values[index] - middle) / spread
            }
        }
    }
}
