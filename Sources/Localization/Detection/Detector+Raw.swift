public import Annotations
public import Features
import Tensors
public import Threads

extension Detector {
    /// As detection without writers, but what else is known of each video is written too, in the order of the videos; a video
    /// that fails is left out. Memory does not grow with what is written.
    ///
    /// - Parameters:
    ///   - videos: ids in the source.
    ///   - source: where the features are.
    ///   - durations: seconds by video, used where the features do not know their own.
    ///   - naming: names segments instead of the head's classes.
    ///   - raw: gets the proposals before suppression.
    ///   - curves: gets the scores over the time.
    ///   - cancellation: asks the work to end.
    ///   - progress: called after every few videos.
    /// - Throws: `FileError` or `FeatureError` when they cannot be written, or `WorkInterrupted` where the work was asked to end.
    public func detections(
        of videos: [String], in source: any FeatureSource, durations: [String: Double] = [:],
        naming: SegmentNaming? = nil, keepingRawIn raw: RawProposalWriter? = nil,
        curvesIn curves: ScoreCurveWriter? = nil, cancellation: CancellationFlag = CancellationFlag(),
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws -> [Result<[Detection], any Error>] {
        struct Found: Sendable {
            var raw: RawProposals?
            var curves: FeatureSequence?
            var detections: [Detection]
        }
        let (keepsRaw, keepsCurves) = (raw != nil, curves != nil)
        var results: [Result<[Detection], any Error>] = []
        try forEachBatch(of: videos, cancellation, progress: progress) { video in
            guard keepsCurves || naming != nil else {
                let found = try rawProposals(of: video, in: source, durations: durations)
                return Found(raw: keepsRaw ? found : nil, detections: try self.detections(from: found))
            }
            let sequence = try source.sequence(for: video, durations: durations)
            let (found, scores) = try response(to: sequence, keepsCurves: keepsCurves)
            let detections =
                try naming.map { try self.detections(from: found, features: sequence, naming: $0) }
                ?? self.detections(from: found)
            return Found(raw: keepsRaw ? found : nil, curves: scores, detections: detections)
        } body: { batch in
            for case .success(let found) in batch {
                if let proposals = found.raw { try raw?.append(proposals) }
                if let scores = found.curves { try curves?.write(scores) }
            }
            results += batch.map { $0.map(\.detections) }
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
        try forEachBatch(of: videos, cancellation, progress: progress) { video in
            try rawProposals(of: video, in: source, durations: durations)
        } body: { batch in
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

    /// Works on a few videos at a time, on several threads, and calls `body` with what came of them, in order.
    private func forEachBatch<Found: Sendable>(
        of videos: [String], _ cancellation: CancellationFlag,
        progress: (@Sendable (_ completed: Int, _ total: Int) -> Void)?,
        work: @Sendable (_ video: String) throws -> Found, body: ([Result<Found, any Error>]) throws -> Void
    ) throws {
        let size = 4 * Parallel.threads
        for first in stride(from: 0, to: videos.count, by: size) {
            try cancellation.check()
            let batch = videos[first..<min(first + size, videos.count)]
            try body(
                Parallel.map(batch.count) { index in Result<Found, any Error> { try work(videos[first + index]) } })
            progress?(batch.endIndex, videos.count)
        }
    }
}
