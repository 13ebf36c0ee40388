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

    /// The folder of a pre-trained model.
    public var model: String
    public var task: Task
    /// How many matches to give for each query or video.
    public var count = 5
    /// Where to write how well each query describes each video (JSON).
    public var scores: String?
    public var precision = ComputePrecision.float32
    /// How many pictures make a second, where folders of pictures are to be read as videos.
    public var pictureRate: FrameRate?

    public init(model: String, task: Task) {
        self.model = model
        self.task = task
    }

    /// - Throws: `FileError`, `ConfigurationError`, `SViLMError`, `FeatureError`, `TensorFileError` or `NetworkError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        let model = try VideoLanguageModel.load(from: model)
        var report = Report()
        switch task {
        case .search(let collection, let queries):
            let index = try makeIndex(collection, model, &report.batch, events)
            let texts = try self.texts(queries, model, events)
            report.matches = Array(zip(texts, index.search(texts, count: count, model: model)))
                .map { (title: $0, matches: $1) }
            try write(index, queries: texts, model: model)
        case .describe(let collection, let queries):
            let index = try makeIndex(collection, model, &report.batch, events)
            let texts = try self.texts(queries, model, events)
            report.matches = Array(zip(index.names, index.describe(by: texts, count: count, model: model)))
                .map { (title: $0, matches: $1) }
            try write(index, queries: texts, model: model)
        case .evaluate(let captions, let features, let root, let split):
            let set = try CaptionSet(path: captions, root: root, split: split)
            for failure in set.failures { report.batch.fail(failure.video, reason: failure.reason) }
            report.evaluation = try evaluate(set, features: features, model, &report.batch, events)
        }
        return report
    }

    private func texts(_ queries: [String], _ model: VideoLanguageModel, _ events: JobEvents) throws -> [String] {
        let texts = try queries.flatMap { $0.hasPrefix("@") ? try LabelPrompts($0).labels : [$0] }
        if let notice = try VocabularyCheck.notice(texts, tokenizer: model.tokenizer, model: self.model) {
            events.notice(notice)
        }
        return texts
    }

    private func evaluate(
        _ set: CaptionSet, features: String?, _ model: VideoLanguageModel, _ batch: inout BatchReport,
        _ events: JobEvents
    ) throws -> RetrievalEvaluation? {
        let found: (index: RetrievalIndex, kept: [Int])
        if let features {
            found = lookUp(set.videos, in: try StoredVideos(features, model: model), model, &batch)
        } else {
            found = try encode(
                set.videos.map { ($0.path, $0.interval) }, names: set.videos.map(\.path), model, &batch, events)
        }
        let usable = set.removing(videos: Set(set.videos.indices).subtracting(found.kept))
        guard !usable.captions.isEmpty else { return nil }
        return RetrievalEvaluation(
            similarities: found.index.similarities(to: usable.captions, model: model), captions: usable.captions,
            videoOfCaption: usable.videoOfCaption)
    }

    private func write(_ index: RetrievalIndex, queries: [String], model: VideoLanguageModel) throws {
        guard let scores, !index.names.isEmpty else { return }
        try VideoClassScores(
            path: scores, classes: queries, rows: index.probabilities(of: queries, model: model), videos: index.names
        ).write(to: scores)
    }

    private func makeIndex(
        _ collection: Collection, _ model: VideoLanguageModel, _ batch: inout BatchReport, _ events: JobEvents
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
            return lookUp(all, in: stored, model, &batch).index
        }
    }

    /// The index of the videos that a feature file has, and their indices. Videos are known there by the names of their
    /// files without extension.
    private func lookUp(
        _ videos: [CaptionSet.Video], in stored: StoredVideos, _ model: VideoLanguageModel, _ batch: inout BatchReport
    ) -> (index: RetrievalIndex, kept: [Int]) {
        let known = Set(stored.source.videos)
        var kept: [Int] = [], names: [String] = [], vectors: [Tensor] = []
        for (number, video) in videos.enumerated() {
            let stem = ((video.path as NSString).lastPathComponent as NSString).deletingPathExtension
            let name = known.contains(video.path) ? video.path : stem
            do {
                vectors.append(try stored.vector(of: name, interval: video.interval))
                names.append(name)
                kept.append(number)
                batch.succeed()
            } catch {
                batch.fail(video.path, error)
            }
        }
        return (index(names, vectors, model), kept)
    }

    private func index(_ names: [String], _ vectors: [Tensor], _ model: VideoLanguageModel) -> RetrievalIndex {
        let space = model.video.configuration.commonSpace
        return RetrievalIndex(names: names, vectors: vectors.isEmpty ? .zeros([0, space]) : .stacked(vectors))
    }

    /// The index of the videos that can be read, and their indices.
    private func encode(
        _ videos: [(path: String, interval: Range<Double>?)], names: [String], _ model: VideoLanguageModel,
        _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> (index: RetrievalIndex, kept: [Int]) {
        var encoder = try WholeVideoEncoder(model.video, precision: precision)
        encoder.decoderOptions.pictureRate = pictureRate
        let found = encoder.encode(videos, batch: &batch, events) { names[$0] }
        return (index(found.kept.map { names[$0] }, found.vectors.map(\.common), model), found.kept)
    }
}
