public import Features
import Files
package import Tensors
package import Threads
public import Video

/// Computes the features of videos.
///
/// Decoding and encoding overlap: the clips to come are decoded while the encoder works, and the next video is opened
/// while the present one is read. Memory holds a few batches of clips, however long the videos are.
public struct FeatureExtractor: Sendable {
    /// How far an extraction is.
    public struct Progress: Sendable {
        /// Videos behind it, the fraction of the present one included.
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
    /// - Parameters:
    ///   - videos: what to encode.
    ///   - store: where the features go.
    ///   - again: whether to compute those that the store has too, from whatever file.
    ///   - progress: called while videos are encoded.
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
            func tell(_ fraction: Double, _ clips: Int) {
                progress(
                    Progress(
                        videos: Double(index) + fraction, videoCount: videos.count, clips: clips,
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
                    let summary = try encode(content.stream, &report, cancellation) { rows, fraction, report in
                        try report.timing.measure(\.writing) { try writer.append(rows) }
                        tell(fraction, report.clipCount)
                    }
                    // The checksum must be of what was decoded.
                    guard content.identity == nil || content.identity == FileIdentity(video.path) else {
                        throw ClipPipeline.Failure(
                            cause: FileError.unreadable(path: video.path, reason: "it was changed while it was read"))
                    }
                    try report.timing.measure(\.writing) {
                        try writer.finish(
                            durationSeconds: summary.durationSeconds, frameCount: summary.decodedFrameCount,
                            sourceSHA256: content.sourceSHA256)
                    }
                    report.extracted.append(video.id)
                    if stored.contains(video.id) { report.replaced.append(video.id) }
                    report.warnings += summary.warnings.map { (video, $0) }
                } catch is WorkInterrupted {
                    report.wasInterrupted = true
                    return report
                } catch let failure as ClipPipeline.Failure {
                    report.failures.append(.init(video: video, error: failure.cause))
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
    /// - Throws: `VideoError` or `FileError`.
    public func features(of video: VideoInput) throws -> (sequence: FeatureSequence, warnings: [VideoWarning]) {
        try features(of: video, cancellation: CancellationFlag())
    }

    /// The same, and ends early when asked to.
    ///
    /// - Throws: `VideoError` or `WorkInterrupted`.
    package func features(
        of video: VideoInput, cancellation: CancellationFlag
    ) throws -> (sequence: FeatureSequence, warnings: [VideoWarning]) {
        var parts: [Tensor] = []
        let (grid, summary) = try features(of: video, cancellation: cancellation) { parts.append($0) }
        let sequence = FeatureSequence(
            video: video.id, features: Tensor.concatenated(parts, axis: 0), grid: grid,
            durationSeconds: summary.durationSeconds, origin: encoder.origin, path: video.path)
        return (sequence, summary.warnings)
    }

    /// Computes the features of one video and hands them on batch by batch.
    ///
    /// - Parameter consume: takes the next rows, `[clips, channels]`.
    /// - Throws: `VideoError` or `WorkInterrupted`, or what `consume` throws.
    package func features(
        of video: VideoInput, cancellation: CancellationFlag, consume: (_ rows: Tensor) throws -> Void
    ) throws -> (grid: SnippetGrid, summary: VideoSummary) {
        let stream = try makeStream(video)
        var report = ExtractionReport()
        do {
            let summary = try encode(stream, &report, cancellation) { rows, _, _ in try consume(rows) }
            return (encoder.grid(of: stream.clock), summary)
        } catch let failure as ClipPipeline.Failure {
            throw failure.cause
        }
    }

    /// Encodes all clips of a stream; a video without a usable frame or length is a failure, and so is one whose connection broke.
    private func encode(
        _ stream: ClipStream, _ report: inout ExtractionReport, _ cancellation: CancellationFlag,
        _ consume: (_ rows: Tensor, _ fraction: Double, _ report: inout ExtractionReport) throws -> Void
    ) throws -> VideoSummary {
        let summary = try ClipPipeline(encoder).encode(stream, &report, cancellation, consume)
        guard summary.durationSeconds.isFinite, summary.durationSeconds > 0, summary.decodedFrameCount > 0 else {
            throw ClipPipeline.Failure(cause: VideoError.noDecodableFrame(file: stream.info.path))
        }
        return summary
    }

    private func makeStream(_ video: VideoInput) throws -> ClipStream {
        var pipeline = ClipPipeline(encoder)
        pipeline.decoderOptions.pictureRate = video.pictureRate
        return try pipeline.open(video.path)
    }

    /// A video that was opened, and the checksum of its file.
    private struct OpenedVideo {
        var stream: ClipStream
        var sourceSHA256: String?
        /// A regular file before it was opened to be decoded, and once more for its checksum.
        var identity: FileIdentity?
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
            let identity = FileIdentity(video.path)
            let stream = try makeStream(video)
            let hash = try SourceDigest.sha256(of: video)
            // A pipe is read only once, and a folder of pictures has no state of its own.
            let isFile = hash != nil && video.pictureRate == nil
            return OpenedVideo(stream: stream, sourceSHA256: hash, identity: isFile ? identity : nil)
        }
    }
}
