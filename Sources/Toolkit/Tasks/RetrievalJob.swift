import Annotations
import Extraction
import Features
import Foundation
import Localization
import SViLM
public import Tensors
public import Video
public import VideoTasks

/// Finds videos by words or words for videos, or measures how well that works.
public struct RetrievalJob: Sendable {
    /// What is searched.
    public enum Collection: Sendable {
        /// Video files, folders or `@FILE` lists.
        case videos([String])
        /// Features of the model's encoder.
        case features(String)
    }

    /// What is looked for.
    public enum Task: Sendable {
        /// The best videos for each query; a query `@FILE` stands for the lines of a file.
        case search(Collection, queries: [String])
        /// The best queries for each video.
        case describe(Collection, queries: [String])
        /// Every caption looks for its video and every video for its captions.
        case evaluate(captions: String, features: String?, root: String?, split: String?)
    }

    /// What was found.
    public struct Report: Sendable {
        /// For each query the best videos, or for each video the best queries.
        public var matches: [(title: String, matches: [RetrievalIndex.Match])] = []
        public var evaluation: RetrievalEvaluation?
        public var batch = BatchReport()
    }

    /// The folder of a pre-trained S-ViLM, the folder of a CLIP or SigLIP, or the name of one.
    public var model: String
    /// The weights of a named model, as published.
    public var weights: String?
    /// The protocol of a published model, by name or file; its usual one where nil.
    public var rules: String?
    public var task: Task
    /// How many matches to give for each query or video.
    public var count = 5
    /// Where to write how well each query describes each video (JSON).
    public var scores: String?
    public var precision = ComputePrecision.float32
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?

    public init(model: String, task: Task) {
        self.model = model
        self.task = task
    }

    /// - Throws: `FileError`, `ConfigurationError`, `SViLMError`, `EncoderError`, `FeatureError`, `TensorFileError`,
    ///   `NetworkError` or ``ToolkitError``.
    public func run(_ events: JobEvents = .none) throws -> Report {
        let model = try WordModels.load(model, weights: weights, rules: rules)
        var report = Report()
        switch task {
        case .search(let collection, let queries):
            let (index, texts, vectors) = try prepare(collection, queries, model, &report.batch, events)
            report.matches = Array(zip(texts, index.search(vectors, count: count)))
                .map { (title: $0, matches: $1) }
            try write(index, queries: texts, vectors: vectors, model: model)
        case .describe(let collection, let queries):
            let (index, texts, vectors) = try prepare(collection, queries, model, &report.batch, events)
            report.matches = Array(zip(index.names, index.describe(by: texts, vectors: vectors, count: count)))
                .map { (title: $0, matches: $1) }
            try write(index, queries: texts, vectors: vectors, model: model)
        case .evaluate(let captions, let features, let root, let split):
            let set = try CaptionSet(path: captions, root: root, split: split)
            for failure in set.failures { report.batch.fail(failure.video, reason: failure.reason) }
            report.evaluation = try evaluate(set, features: features, model, &report.batch, events)
        }
        return report
    }

    /// The index of a collection, and the queries with their vectors.
    private func prepare(
        _ collection: Collection, _ queries: [String], _ model: any WordModel, _ batch: inout BatchReport,
        _ events: JobEvents
    ) throws -> (index: RetrievalIndex, texts: [String], vectors: Tensor) {
        let texts = try queries.flatMap { $0.hasPrefix("@") ? try LabelPrompts($0).labels : [$0] }
        if let notice = try model.notice(texts) { events.notice(notice) }
        let vectors = try model.embed(texts)
        return (try makeIndex(collection, model, &batch, events), texts, vectors)
    }

    private func evaluate(
        _ set: CaptionSet, features: String?, _ model: any WordModel, _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> RetrievalEvaluation? {
        let found: (index: RetrievalIndex, kept: [Int])
        if let features {
            found = lookUp(set.videos, in: try StoredVideos(features, model: model), &batch)
        } else {
            found = try encode(
                set.videos.map { ($0.path, $0.interval) }, names: set.videos.map(\.path), model, &batch, events)
        }
        let usable = set.removing(videos: Set(set.videos.indices).subtracting(found.kept))
        guard !usable.captions.isEmpty else { return nil }
        return RetrievalEvaluation(
            similarities: found.index.vectors.matmul(try model.embed(usable.captions), transposed: true),
            captions: usable.captions, videoOfCaption: usable.videoOfCaption)
    }

    private func write(_ index: RetrievalIndex, queries: [String], vectors: Tensor, model: any WordModel) throws {
        guard let scores, !index.names.isEmpty else { return }
        let rows = model.probabilities(index.vectors.matmul(vectors, transposed: true))
        try VideoClassScores(path: scores, classes: queries, rows: rows, videos: index.names).write(to: scores)
    }

    private func makeIndex(
        _ collection: Collection, _ model: any WordModel, _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> RetrievalIndex {
        switch collection {
        case .videos(let paths):
            let inputs = VideoInputs(paths, pictureRate: pictureRate)
            for failure in inputs.failures { batch.fail(failure.input, failure.error) }
            return try encode(
                inputs.videos.map { ($0.path, nil) }, names: inputs.videos.map(\.id), model, &batch, events
            ).index
        case .features(let path):
            let stored = try StoredVideos(path, model: model)
            let all = stored.source.videos.map { CaptionSet.Video(path: $0, interval: nil) }
            return lookUp(all, in: stored, &batch).index
        }
    }

    /// The index of the videos that a feature file has, and their indices. Videos are known there by the names of their
    /// files without extension.
    private func lookUp(
        _ videos: [CaptionSet.Video], in stored: StoredVideos, _ batch: inout BatchReport
    ) -> (index: RetrievalIndex, kept: [Int]) {
        let known = Set(stored.source.videos)
        var found = FoundVectors()
        for (number, video) in videos.enumerated() {
            let stem = ((video.path as NSString).lastPathComponent as NSString).deletingPathExtension
            let name = known.contains(video.path) ? video.path : stem
            found.add(number, name: name, item: video.path, &batch) {
                try stored.vector(of: name, interval: video.interval)
            }
        }
        return (found.index, found.kept)
    }

    /// The index of the videos that can be read, and their indices.
    private func encode(
        _ videos: [(path: String, interval: Range<Double>?)], names: [String], _ model: any WordModel,
        _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> (index: RetrievalIndex, kept: [Int]) {
        var found = FoundVectors()
        if let words = model as? SViLMWords {
            var encoder = try WholeVideoEncoder(words.model.video, precision: precision)
            encoder.decoderOptions.pictureRate = pictureRate
            let encoded = encoder.encode(videos, batch: &batch, events) { names[$0] }
            found.names = encoded.kept.map { names[$0] }
            (found.kept, found.vectors) = (encoded.kept, encoded.vectors.map(\.common))
            return (found.index, found.kept)
        }
        let extractor = FeatureExtractor(encoder: try model.makeEncoder(precision))
        try model.check(extractor.encoder.origin, features: "the features of \(model.path)")
        events.stage("encode", unit: "videos", total: videos.count) { stage in
            // Several parts of one video often stand side by side in a list.
            var last: FeatureSequence?
            for (number, video) in videos.enumerated() {
                stage.update(completed: Double(number), detail: names[number])
                found.add(number, name: names[number], item: names[number], &batch) {
                    let input = VideoInput(id: video.path, path: video.path, pictureRate: pictureRate(of: video.path))
                    if last?.video != input.id { last = try extractor.features(of: input).sequence }
                    return try last?.vector(by: model, interval: video.interval)
                }
            }
            stage.update(completed: Double(videos.count))
        }
        return (found.index, found.kept)
    }

    /// The rate of a folder of pictures; nil for a video file.
    private func pictureRate(of path: String) -> FrameRate? {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists && !isFolder.boolValue ? nil : pictureRate
    }
}

/// Videos with a vector in the common space, and their indices in a list.
private struct FoundVectors {
    var kept: [Int] = []
    var names: [String] = []
    var vectors: [Tensor] = []

    /// Adds the video that can be read, and reports what keeps another from it.
    mutating func add(
        _ number: Int, name: String, item: String, _ batch: inout BatchReport, vector: () throws -> Tensor?
    ) {
        do {
            guard let vector = try vector() else { return }
            vectors.append(vector)
            names.append(name)
            kept.append(number)
            batch.succeed()
        } catch {
            batch.fail(item, error)
        }
    }

    var index: RetrievalIndex {
        RetrievalIndex(names: names, vectors: vectors.isEmpty ? .zeros([0, 1]) : .stacked(vectors))
    }
}
