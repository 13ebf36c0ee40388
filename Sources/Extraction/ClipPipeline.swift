package import Files
package import Tensors
package import Threads
package import Video

/// From the file of one video to vectors: a thread decodes the next clips while the encoder works on a batch.
///
/// Everything that turns videos into vectors goes through here. Memory holds a few batches of clips, however long the video is.
package struct ClipPipeline: Sendable {
    package let encoder: any ClipEncoder
    /// How videos are opened.
    package var decoderOptions: DecoderOptions

    /// - Parameter decoderOptions: how videos are opened; as fits the encoder where nil.
    package init(_ encoder: any ClipEncoder, decoderOptions: DecoderOptions? = nil) {
        self.encoder = encoder
        // A light encoder waits for the decoder, which therefore gets threads too.
        self.decoderOptions =
            decoderOptions
            ?? DecoderOptions(threads: encoder.batchSize == 1 ? 1 : DecoderOptions.fastestThreads)
    }

    /// Opens a video and starts to decode it.
    ///
    /// - Parameter interval: the part that is wanted, in seconds; all where nil.
    /// - Throws: `VideoError` or `FileError`.
    package func open(_ path: String, interval: Range<Double>? = nil) throws -> ClipStream {
        try ClipStream(
            path: path, shape: encoder.frameShape, transform: encoder.frameTransform, interval: interval,
            options: decoderOptions, queueCapacity: max(encoder.batchSize, 4)
        ) { encoder.clock(own: $0.averageFrameRate) }
    }

    /// Encodes all clips of a stream, batch by batch.
    ///
    /// - Parameter consume: takes the rows of a batch, `[clip, channels]`, and the fraction of the video behind it.
    /// - Throws: ``Failure`` when the video cannot be read or the connection to its server broke, `WorkInterrupted` when asked to end, or what `consume` throws.
    package func encode(
        _ stream: ClipStream, _ report: inout ExtractionReport, _ cancellation: CancellationFlag = CancellationFlag(),
        _ consume: (_ rows: Tensor, _ fraction: Double, _ report: inout ExtractionReport) throws -> Void
    ) throws -> VideoSummary {
        let batchSize = encoder.batchSize
        while true {
            try cancellation.check()
            var batch: [Clip] = []
            try report.timing.measure(\.waitingForClips) {
                do {
                    while batch.count < batchSize, let clip = try stream.next() { batch.append(clip) }
                } catch {
                    throw Failure(cause: error)
                }
            }
            guard let last = batch.last else { break }
            let rows = try report.timing.measure(\.encoding) { try encoder.encode(batch) }
            report.clipCount += batch.count
            let duration = stream.info.durationSeconds ?? 0
            let reached = last.seconds.last ?? 0
            try consume(rows, duration > 0 ? min(1, max(0, reached / duration)) : 0, &report)
        }
        report.timing.sampling += stream.timing ?? SamplingTiming()
        guard let summary = stream.summary else { preconditionFailure("a stream that has ended has a summary") }
        if let problem = Self.brokenConnection(stream.info.path, summary) { throw Failure(cause: problem) }
        return summary
    }

    /// A file that breaks off will break off again and is taken as it is, but a connection may be better the next time.
    package static func brokenConnection(_ path: String, _ summary: VideoSummary) -> FileError? {
        guard RemoteVideo(path) != nil else { return nil }
        for case .readingStopped(let seconds, let reason) in summary.warnings {
            return .unreadable(path: path, reason: "the connection broke at \(seconds) s of the video: \(reason)")
        }
        return nil
    }

    /// The rows of all clips of a video, or of a part of it.
    ///
    /// - Parameter interval: in seconds.
    /// - Returns: `[clips, channels]`, at least one row.
    /// - Throws: `VideoError` or `FileError`.
    package func rows(of path: String, interval: Range<Double>? = nil) throws -> Tensor {
        let stream = try open(path, interval: interval)
        var report = ExtractionReport()
        var parts: [Tensor] = []
        do {
            _ = try encode(stream, &report) { rows, _, _ in parts.append(rows) }
        } catch let failure as Failure {
            throw failure.cause
        }
        guard !parts.isEmpty else { throw stream.info.missingClip(from: interval?.lowerBound ?? 0) }
        return Tensor.concatenated(parts, axis: 0)
    }

    /// A video that cannot be read, or not to its end.
    package struct Failure: Error {
        package var cause: any Error
    }
}
