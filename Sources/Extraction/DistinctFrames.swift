import Encoders
import Tensors
import Video

/// The different frames of several clips. Windows that overlap show a frame more than once; what encodes frames one by one encodes it once.
struct DistinctFrames {
    /// Where each different frame is first seen.
    private(set) var firsts: [(clip: Int, frame: Int)] = []
    /// For each frame of each clip, in order: its number in ``firsts``.
    private(set) var numbers: [Int] = []
    private let counts: [Int]

    /// - Parameter clips: of one size. Frames are the same where they begin at the same time and have the same pixels.
    init(_ clips: [Clip]) {
        counts = clips.map(\.frameCount)
        // Clips of several videos may have frames of one time, so a time alone says nothing.
        var candidates: [Double: [Int]] = [:]
        for clip in clips.indices {
            for frame in 0..<clips[clip].frameCount {
                let time = clips[clip].sourceSeconds[frame]
                let known = candidates[time, default: []].first { number in
                    let first = firsts[number]
                    return clips[first.clip].pixels(first.frame).elementsEqual(clips[clip].pixels(frame))
                }
                numbers.append(known ?? firsts.count)
                if known == nil {
                    candidates[time, default: []].append(firsts.count)
                    firsts.append((clip, frame))
                }
            }
        }
    }

    /// What is kept of the frames of each clip.
    ///
    /// - Parameter rows: of ``firsts``, `[frame, channels]`
    /// - Returns: `[clip, channels]`, or twice as many channels.
    func pooled(_ rows: Tensor, by pooling: EncoderProtocol.FramePooling) -> Tensor {
        var rest = numbers[...]
        return .concatenated(
            counts.map { count in
                defer { rest = rest.dropFirst(count) }
                return pooling(.concatenated(rest.prefix(count).map { rows.slice(axis: 0, $0..<$0 + 1) }, axis: 0))
            }, axis: 0)
    }
}

extension Clip {
    fileprivate func pixels(_ frame: Int) -> ArraySlice<UInt8> {
        let count = height * width * 3
        return pixels[frame * count..<(frame + 1) * count]
    }
}
