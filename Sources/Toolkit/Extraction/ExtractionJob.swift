public import Extraction
public import Features
import Files
import Foundation
public import Tensors
public import Threads
public import Video

/// Computes the features of videos and stores them.
public struct ExtractionJob: Sendable {
    /// What was done.
    public struct Report: Sendable {
        /// What became of the videos; nil where no video was found.
        public var extraction: ExtractionReport?
        /// What computed the features.
        public var encoder: any SnippetEncoder
        /// Videos that were found.
        public var videoCount: Int
        /// The part of the list that was worked on, where it was divided.
        public var sharded: ShardedVideos?
        /// The store that was written.
        public var store: String
        public var batch = BatchReport()
    }

    /// Video files, folders to search through, or `@FILE` lists.
    public var inputs: [String]
    /// JSON lines or CSV tables of videos.
    public var manifests: [String] = []
    /// The encoder: its configuration, a folder with a published one, or the name of one.
    public var encoder: ActionDetector.Encoder
    /// The feature store, made where it is missing. Where the scheduler says which shard this is, the shard's
    /// own store is named after this one (`Shard.path(of:)`).
    public var output: String
    /// Which part of the videos is worked on; all where nil.
    public var shard: ShardChoice?
    /// Where the variables of a scheduler are looked for.
    public var environment = ProcessInfo.processInfo.environment
    /// Frames per second of folders of pictures; without it they are no videos.
    public var pictureRate: FrameRate?
    public var precision = ComputePrecision.float32
    /// How values are stored in new videos.
    public var storedAs = FeaturePrecision.float32
    /// Whether to extract videos that are in the store too.
    public var again = false

    public init(_ inputs: [String], encoder: ActionDetector.Encoder, output: String) {
        self.inputs = inputs
        self.encoder = encoder
        self.output = output
    }

    /// Extracts.
    ///
    /// - Parameters:
    ///   - events: receives progress and notices.
    ///   - cancellation: asks the work to end after the batch in hand.
    /// - Throws: what keeps the whole job from its work; what concerns one video is in the report.
    public func run(
        _ events: JobEvents = .none, cancellation: CancellationFlag = CancellationFlag()
    ) throws -> Report {
        // Before anything that takes time.
        let shard = try shard?.resolved(environment: environment)
        let choice = try EncoderChoice(
            configuration: encoder.configuration ?? "", weights: encoder.weights, seed: encoder.seed,
            rules: encoder.rules
        ).resolved(events)
        let (loaded, isRandom) = try choice.load(precision: precision)
        if isRandom {
            events.notice("random-weights", EncoderChoice.randomWeights(choice.configuration) + "; give trained ones")
        }
        if let published = loaded as? any ProtocolEncoder {
            events.message(published.summary)
            if !published.leftOver.isEmpty {
                events.notice(
                    Notice(
                        "weights-left-over", "tensors belong to no known part of the model and are not used",
                        one: "tensor belongs to no known part of the model and is not used",
                        items: published.leftOver))
            }
        }
        let found = VideoInputs(inputs, manifests: manifests, pictureRate: pictureRate)
        var report = Report(extraction: nil, encoder: loaded, videoCount: found.videos.count, store: output)
        var videos = found.videos
        if let shard {
            let part = try divide(found, shard, loaded, events)
            (report.sharded, report.store, report.videoCount, videos) = (
                part, part.path, part.videos.count, part.videos
            )
        } else {
            for failure in found.failures { report.batch.fail(failure.input, failure.error) }
            guard !videos.isEmpty else { return report }
        }
        let store = try FeatureStoreWriter(
            report.store, origin: loaded.origin, precision: storedAs, shard: report.sharded?.record)
        for part in store.discardedParts {
            events.notice("damaged-part", "\(part): was damaged; its video is extracted again")
        }
        let extraction = try events.stage("extract", unit: "videos", total: videos.count) { stage in
            let extraction = try FeatureExtractor(encoder: loaded).extract(
                videos, into: store, again: again, cancellation: cancellation
            ) { stage.update(completed: $0.videos, detail: $0.video) }
            try store.close()
            return extraction
        }
        for (video, warning) in extraction.warnings { events.notice("video", "\(video.path): \(warning)") }
        for failure in extraction.failures { report.batch.fail(failure.video.path, failure.error) }
        report.batch.succeed(extraction.extracted.count + extraction.alreadyDone.count)
        report.extraction = extraction
        return report
    }

    /// The part of the videos that is this process's.
    private func divide(
        _ found: VideoInputs, _ shard: Shard, _ encoder: any SnippetEncoder, _ events: JobEvents
    ) throws -> ShardedVideos {
        if let first = found.failures.first {
            throw ShardError.incompleteList(failures: found.failures.count, first: "\(first.error)")
        }
        var cache = VideoHeaders(ShardedVideos.headerFile(of: output))
        let list = found.videos
        let headers = try events.stage("headers", unit: "videos", total: list.count) { stage in
            try cache.read(list) { stage.update(completed: Double($0)) }
        }
        // One command serves all processes of a scheduler; whoever says the shard also says where it goes.
        var isNamedByShard = true
        if case .given = self.shard { isNamedByShard = false }
        let part = ShardedVideos(
            shard, of: list, headers: headers, encoder: encoder, path: isNamedByShard ? shard.path(of: output) : output)
        if isNamedByShard { try part.checkOthers(of: output, origin: encoder.origin) }
        events.message(part.summary)
        let unknown = zip(list, headers).filter { $1?.durationSeconds == nil }.map(\.0.path)
        if !unknown.isEmpty {
            events.notice(
                Notice(
                    "unknown-length", "videos do not say how long they are and count as the mean of the others",
                    one: "video does not say how long it is and counts as the mean of the others", items: unknown))
        }
        return part
    }
}
