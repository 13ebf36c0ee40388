public import Annotations
public import Features
import Tensors
public import Threads

extension Detector {
    /// As detection without a writer, but the proposals before suppression are written too, in the order of the
    /// videos; a video that fails is left out.
    ///
    /// - Throws: `FileError` when they cannot be written, or `WorkInterrupted` where the work was asked to end.
    public func detections(
        of videos: [String], in source: any FeatureSource, durations: [String: Double] = [:],
        keepingRawIn writer: RawProposalWriter, cancellation: CancellationFlag = CancellationFlag(),
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> [Result<[Detection], any Error>] {
        var results: [Result<[Detection], any Error>] = []
        try forEachBatch(of: videos, in: source, durations: durations, cancellation, progress: progress) { batch in
            for case .success(let raw) in batch { try writer.append(raw) }
            results += Parallel.map(batch.count) { index in
                batch[index].flatMap { raw in Result { try detections(from: raw) } }
            }
        }
        return results
    }

    /// Writes the proposals of each video before suppression.
    ///
    /// - Returns: the videos that could not be done, and why.
    /// - Throws: `FileError` when they cannot be written, or `WorkInterrupted` where the work was asked to end.
    public func writeProposals(
        of videos: [String], in source: any FeatureSource, durations: [String: Double] = [:],
        to writer: RawProposalWriter, cancellation: CancellationFlag = CancellationFlag(),
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> [(video: String, error: any Error)] {
        var failures: [(video: String, error: any Error)] = []
        var done = 0
        try forEachBatch(of: videos, in: source, durations: durations, cancellation, progress: progress) { batch in
            for result in batch {
                switch result {
                case .success(let raw): try writer.append(raw)
                case .failure(let error): failures.append((videos[done], error))
                }
                done += 1
            }
        }
        return failures
    }

    /// Calls `body` with the proposals of a few videos at a time, in order.
    private func forEachBatch(
        of videos: [String], in source: any FeatureSource, durations: [String: Double],
        _ cancellation: CancellationFlag, progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)?,
        _ body: ([Result<RawProposals, any Error>]) throws -> Void
    ) throws {
        let size = 4 * Parallel.threads
        for first in stride(from: 0, to: videos.count, by: size) {
            try cancellation.check()
            let batch = videos[first..<min(first + size, videos.count)]
            try body(
                Parallel.map(batch.count) { index in
                    let video = videos[first + index]
                    return Result { try rawProposals(of: video, in: source, durations: durations) }
                })
            progress?(batch.endIndex, videos.count)
        }
    }
}
