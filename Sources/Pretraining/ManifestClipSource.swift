public import Annotations
import Foundation
public import SViLM
import Synchronization
import Tensors
import Threads
public import Video

/// Clips of the videos of a manifest, epoch after epoch in a new random order, each at a random moment of its part.
public final class ManifestClipSource: CaptionedClipSource {
    private let entries: [PretrainingManifest.Entry]
    private let path: String
    private let clock: SamplingClock
    private let imageSize: Int
    private let seed: UInt64
    private let decoderOptions: DecoderOptions
    private let order = Mutex<(epoch: Int, places: [Int])>((-1, []))

    /// - Parameters:
    ///   - entries: the clips to draw from, at least one.
    ///   - path: of the manifest, for errors.
    ///   - encoder: how clips are sampled.
    ///   - seed: decides which clips make a batch and where they begin.
    ///   - decoderOptions: how videos are opened.
    public init(
        _ entries: [PretrainingManifest.Entry], path: String, encoder: EncoderConfiguration, seed: UInt64,
        decoderOptions: DecoderOptions = DecoderOptions()
    ) {
        precondition(!entries.isEmpty, "a manifest without clips")
        self.entries = entries
        self.path = path
        clock = encoder.clock
        imageSize = encoder.imageSize
        self.seed = seed
        self.decoderOptions = decoderOptions
    }

    public func captions() -> [String] { entries.map(\.caption) }

    /// Skips videos that cannot be read; a whole epoch of them is an error.
    public func batch(at position: Int, count: Int) throws -> ClipBatch {
        var clips: [CaptionedClip] = []
        var failures: [ClipFailure] = []
        var next = position
        var failedInARow = 0
        while clips.count < count {
            let entry = entries[entryIndex(at: next)]
            var generator = RandomGenerator(seed: seed).split(next)
            do {
                clips.append(try clip(of: entry, using: &generator))
                failedInARow = 0
            } catch {
                let failure = ClipFailure(video: entry.video, reason: "\(error)")
                if !failures.contains(failure) { failures.append(failure) }
                failedInARow += 1
            }
            next += 1
            guard failedInARow < 2 * entries.count else {
                throw SViLMError.noUsableVideos(
                    file: path, count: entries.count, example: failures.first?.reason ?? "of an unknown reason")
            }
        }
        return ClipBatch(clips: clips, nextPosition: next, failures: failures)
    }

    /// The clips of all entries in their order, one from the middle of each, for evaluation; unreadable ones are left out.
    public func allClips() -> (clips: [CaptionedClip], failures: [ClipFailure]) {
        let results = Parallel.map(entries.count) { index -> Result<CaptionedClip, any Error> in
            Result { try self.clip(of: self.entries[index], place: 0.5) }
        }
        var clips: [CaptionedClip] = [], failures: [ClipFailure] = []
        for (entry, result) in zip(entries, results) {
            switch result {
            case .success(let clip): clips.append(clip)
            case .failure(let error): failures.append(ClipFailure(video: entry.video, reason: "\(error)"))
            }
        }
        return (clips, failures)
    }

    private func entryIndex(at position: Int) -> Int {
        let epoch = position / entries.count
        return order.withLock { order in
            if order.epoch != epoch {
                var generator = RandomGenerator(seed: seed).split(-1 - epoch)
                order = (epoch, Array(entries.indices).shuffled(using: &generator))
            }
            return order.places[position % entries.count]
        }
    }

    private func clip(
        of entry: PretrainingManifest.Entry, using generator: inout RandomGenerator
    ) throws -> CaptionedClip {
        try clip(of: entry, place: generator.uniform())
    }

    /// - Parameter place: 0 for the first window of the part, 1 for the last.
    private func clip(of entry: PretrainingManifest.Entry, place: Double) throws -> CaptionedClip {
        let decoder = try VideoDecoder(path: entry.video, options: decoderOptions)
        let window = clock.frameRate.seconds(at: clock.windowFrames)
        let begin = entry.interval?.lowerBound ?? 0
        let length = decoder.info.durationSeconds ?? 0
        let end = min(entry.interval?.upperBound ?? .infinity, length > 0 ? length : begin + window)
        let start = begin + max(0, end - begin - window) * place
        let sampler = ClipSampler(
            decoder: decoder, clock: clock, shape: FrameShape(size: imageSize),
            interval: start..<max(end, start + 1e-3))
        guard let clip = try sampler.next() else { throw decoder.info.missingClip(from: start) }
        return CaptionedClip(pixels: clip.pixels, caption: entry.caption)
    }
}
