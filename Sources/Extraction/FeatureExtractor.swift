public import Features
import Tensors
package import Threads
public import Video

/// Computes the features of videos.
///
/// Decoding and encoding overlap: the clips to come are decoded while the encoder works, and the next video is opened
/// while the present one is read. Memory holds a few batches of clips, however long the videos are.
public struct FeatureExtractor: Sendable {
    /// How far an extraction is.
    public struct Progress: Sendable {
        /// Videos behind it, the share of the present one included.
        public var videos: Double
        public var videoCount: Int
        /// Clips encoded so far.
        public var clips: Int
        /// The id of the present video.
        public var video: String
    }

    public let encoder: any SnippetEncoder
    public init(encoder: any SnippetEncoder) {
        self.encoder = encoder
    }

    /// Computes the features of videos that a store does not have, and stores each as soon as it is done.
    ///
    /// A video that cannot be read, or whose id the store has from another file, is listed in the report, and the work goes on.
    ///
    /// - Parameter again: whether to compute those that the store has too, from whatever file.
    /// - Throws: `FeatureError` when the store cannot be written: nothing more would come of going on.
    public func extract(
        _ videos: [VideoInput], into store: FeatureStoreWriter, again: Bool = false,
        progress: (Progress) -> Void = { _ in }
    ) throws -> ExtractionReport {
        try extract(videos, into: store, again: again, cancellation: CancellationFlag(), progress: progress)
    }

    /// The same, and ends early when asked to. A video under way is then left out; those finished are in the store.
    package func extract(
        _ videos: [VideoInput], into store: FeatureStoreWriter, again: Bool = false, cancellation: CancellationFlag,
        progress: (Progress) -> Void = { _ in }
    ) throws -> ExtractionReport {
        var report = ExtractionReport()
        let stored = store.complete, complete = again ? CompleteVideos() : stored
        var next = videos.first.map { open($0, unless: complete) }
        for (index, video) in videos.enumerated() {
            guard let opened = next else { break }
            guard !cancellation.isRequested else {
                report.wasInterrupted = true
                break
            }
            next = index + 1 < videos.count ? open(videos[index + 1], unless: complete) : nil
            func tell(_ share: Double, _ clips: Int) {
                progress(
                    Progress(
                        videos: Double(index) + share, videoCount: videos.count, clips: clips,
                        video: video.id))
            }
            switch report.timing.measure(\.waitingForClips, { Result { try opened.get() } }) {
            case .failure(let error):
                report.failures.append(.init(video: video, error: error))
            case .success(nil):
                report.alreadyDone.append(video.id)
            case .success(let content?):
                tell(0, report.clipCount)
                do {
                    let writer = try store.begin(
                        video.id, channels: encoder.channels, grid: encoder.grid(of: content.stream.clock))
                    let summary = try encode(content.stream, &report, cancellation) { rows, share, report in
                        try report.timing.measure(\.writing) { try writer.append(rows) }
                        tell(share, report.clipCount)
                    }
                    try report.timing.measure(\.writing) {
                        try writer.finish(
                            durationSeconds: summary.durationSeconds, frameCount: summary.decodedFrameCount,
                            sourceSHA256: content.sourceSHA256)
                    }
                    report.extracted.append(video.id)
                    if stored.contains(video.id) { report.replaced.append(video.id) }
                    report.warnings += summary.warnings.map { (video, $0) }
                } catch is Interrupted {
                    report.wasInterrupted = true
                    return report
                } catch let error as VideoError {
                    report.failures.append(.init(video: video, error: error))
                } catch FeatureError.invalidName(let id, let reason) {
                    let error = FeatureError.invalidName(video: id, reason: reason)
                    report.failures.append(.init(video: video, error: error))
                }
            }
            tell(1, report.clipCount)
        }
        return report
    }

    /// Computes the features of one video without storing them.
    ///
    /// - Throws: `VideoError`.
    public func features(of video: VideoInput) throws -> (sequence: FeatureSequence, warnings: [VideoWarning]) {
        let stream = try makeStream(video)
        var report = ExtractionReport()
        var parts: [Tensor] = []
        let summary = try encode(stream, &report, CancellationFlag()) { rows, _, _ in parts.append(rows) }
        let sequence = FeatureSequence(
            video: video.id, features: Tensor.concatenated(parts, axis: 0), grid: encoder.grid(of: stream.clock),
            durationSeconds: summary.durationSeconds)
        return (sequence, summary.warnings)
    }

    /// Encodes all clips of a stream, batch by batch.
    private func encode(
        _ stream: ClipStream, _ report: inout ExtractionReport, _ cancellation: CancellationFlag,
        _ consume: (_ rows: Tensor, _ share: Double, _ report: inout ExtractionReport) throws -> Void
    ) throws -> VideoSummary {
        let batchSize = encoder.batchSize
        while true {
            if cancellation.isRequested { throw Interrupted() }
            var batch: [Clip] = []
            try report.timing.measure(\.waitingForClips) {
                while batch.count < batchSize, let clip = try stream.next() { batch.append(clip) }
            }
            guard let last = batch.last else { break }
            let rows = report.timing.measure(\.encoding) { encoder.encode(batch) }
            report.clipCount += batch.count
            let duration = stream.info.durationSeconds ?? 0
            let reached = last.seconds.last ?? 0
            try consume(rows, duration > 0 ? min(1, max(0, reached / duration)) : 0, &report)
        }
        report.timing.sampling += stream.timing ?? SamplingTiming()
        guard let summary = stream.summary else { preconditionFailure("a stream that has ended has a summary") }
        guard summary.durationSeconds.isFinite, summary.durationSeconds > 0, summary.decodedFrameCount > 0 else {
            throw VideoError.noDecodableFrame(file: stream.info.path)
        }
        return summary
    }

    /// Work that was asked to end.
    private struct Interrupted: Error {}

    /// A light encoder waits for the decoder, which therefore gets threads too.
    private func makeStream(_ video: VideoInput) throws -> ClipStream {
        let options = DecoderOptions(
            threads: encoder.batchSize == 1 ? 1 : DecoderOptions.fastestThreads, pictureRate: video.pictureRate)
        return try ClipStream(
            path: video.path, shape: encoder.frameShape, transform: encoder.frameTransform, options: options,
            queueCapacity: max(encoder.batchSize, 4)
        ) { encoder.clock(own: $0.averageFrameRate) }
    }

    /// A video that was opened, and the checksum of its file.
    private struct OpenedVideo {
        var stream: ClipStream
        var sourceSHA256: String?
    }

    /// Opens a video on a thread of its own, so that the encoder need not wait when its turn comes; nil for one that the
    /// store has already.
    private func open(_ video: VideoInput, unless complete: CompleteVideos) -> Future<OpenedVideo?> {
        Future {
            if complete.contains(video.id) {
                let hash = try SourceDigest.sha256(of: video)
                guard complete.contains(video.id, sourceSHA256: hash) else {
                    throw ExtractionError.otherSource(id: video.id, path: video.path)
                }
                return nil
            }
            let stream = try makeStream(video)
            return OpenedVideo(stream: stream, sourceSHA256: try SourceDigest.sha256(of: video))
        }
    }
}
