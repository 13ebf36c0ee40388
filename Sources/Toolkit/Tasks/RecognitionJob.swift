import Annotations
import Extraction
import Files
import Foundation
import Localization
import Networks
import SViLM
public import Tensors
public import Video
public import VideoTasks

/// Trains, evaluates and uses a classifier of whole videos on an encoder's features.
public struct RecognitionJob: Sendable {
    /// Where the classifier comes from.
    public enum Classifier: Sendable {
        /// A folder that an earlier job wrote.
        case kept(String)
        /// Trained on a list of videos.
        case trained(Training)
    }

    /// How a classifier is trained.
    public struct Training: Sendable {
        /// The encoder's configuration (YAML) and weights (safetensors; random ones where nil).
        public var encoder: String
        public var weights: String?
        /// The list to train on.
        public var list: String
        /// A list to choose the epoch of fine-tuning on; part of ``list`` where nil.
        public var validationList: String?
        /// Steps of fitting the classifier.
        public var steps = LinearProbe.Settings().steps
        /// How to train the encoder too; nil for a frozen one.
        public var fineTuning: FineTuningSettings?
        /// The seed of everything random.
        public var seed: UInt64 = 0
        /// The folder to keep encoder and classifier in.
        public var output: String?

        public init(encoder: String, weights: String?, list: String) {
            self.encoder = encoder
            self.weights = weights
            self.list = list
        }
    }

    /// What to do with the classifier.
    public enum Use: Sendable {
        case nothing
        /// Evaluate it on a list of videos.
        case evaluate(String)
        /// Score videos, folders or `@FILE` lists.
        case classify([String])
    }

    /// What was done.
    public struct Report: Sendable {
        /// Videos that a classifier was trained on; 0 where it was kept from before.
        public var trainingVideos = 0
        /// Names of the classes.
        public var labels: [String] = []
        public var accuracy: RecognitionAccuracy?
        public var batch = BatchReport()
    }

    public var classifier: Classifier
    public var use: Use
    /// Folder of the videos, where it is another than the lists'.
    public var root: String?
    /// The number of the HMDB51 split.
    public var split = 1
    /// Where to write the scores of the classes for each video (JSON).
    public var scores: String?
    public var precision = ComputePrecision.float32
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?

    public init(_ classifier: Classifier, use: Use) {
        self.classifier = classifier
        self.use = use
    }

    /// - Throws: `FileError`, `ConfigurationError`, `SViLMError`, `TensorFileError` or `NetworkError`.
    public func run(_ events: JobEvents = .none) throws -> Report {
        var report = Report()
        guard let recognizer = try makeRecognizer(&report, events) else { return report }
        report.labels = recognizer.labels
        if case .trained(let training) = classifier, let output = training.output { try recognizer.save(to: output) }
        switch use {
        case .nothing:
            break
        case .evaluate(let list):
            let items = try self.list(list, part: .test, &report.batch)
            let names = VideoInputs.ids(of: items.map(\.path))
            report.accuracy = try scoreVideos(
                items, names: names, by: recognizer, isEvaluation: true, &report.batch, events)
        case .classify(let paths):
            let inputs = VideoInputs(paths, pictureRate: pictureRate)
            for failure in inputs.failures { report.batch.fail(failure.input, failure.error) }
            let items = inputs.videos.map { LabelledVideos.Item(path: $0.path, label: "") }
            _ = try scoreVideos(
                items, names: inputs.videos.map(\.id), by: recognizer, isEvaluation: false, &report.batch, events)
        }
        return report
    }

    /// The recognizer that was kept, or a new one; `nil` where no video to train on can be read.
    private func makeRecognizer(_ report: inout Report, _ events: JobEvents) throws -> Recognizer? {
        let training: Training
        switch classifier {
        case .kept(let folder): return try Recognizer.load(from: folder)
        case .trained(var settings):
            settings.encoder = try ShippedFiles.standard.resolve(settings.encoder, as: .encoder, events)
            training = settings
        }
        let weights = try EncoderWeights.find(training.weights, configuration: training.encoder)
        if weights == nil { events.notice("random-weights", EncoderChoice.randomWeights(training.encoder)) }
        let encoder = try EncoderFile.load(configuration: training.encoder, weights: weights, seed: training.seed)
        var recipe = RecognizerTraining()
        recipe.probe.steps = training.steps
        recipe.fineTuning = training.fineTuning
        recipe.seed = training.seed
        recipe.decoderOptions.pictureRate = pictureRate
        let parts = try recipe.parts(
            of: list(training.list, part: .training, &report.batch),
            validation: training.validationList.map { try list($0, part: .test, &report.batch) }, list: training.list)
        let videos = try encode(parts.training, by: encoder, &report.batch, events)
        guard let features = videos.features else { return nil }
        report.trainingVideos = videos.items.count
        return try recipe.train(encoder, on: videos.items, features: features, validation: parts.validation) {
            events.message($0.line)
        }
    }

    /// Scores videos, writes the scores, and returns the accuracy of an evaluation.
    private func scoreVideos(
        _ items: [LabelledVideos.Item], names: [String], by recognizer: Recognizer, isEvaluation: Bool,
        _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> RecognitionAccuracy? {
        let videos = try encode(items, by: recognizer.encoder, &batch, events)
        guard let rows = videos.features else { return nil }
        let values = recognizer.scores(rows)
        if let scores {
            let ids = Dictionary(zip(items.map(\.path), names), uniquingKeysWith: { first, _ in first })
            let kept = videos.items.compactMap { ids[$0.path] }
            try VideoClassScores(path: scores, classes: recognizer.labels, rows: values, videos: kept)
                .write(to: scores)
        }
        guard isEvaluation else { return nil }
        return RecognitionAccuracy(scores: values, labels: recognizer.labels, wanted: videos.items.map(\.label))
    }

    private func list(
        _ path: String, part: LabelledVideos.Part, _ batch: inout BatchReport
    ) throws -> [LabelledVideos.Item] {
        let videos = try LabelledVideos(path: path, root: root, part: part, split: split)
        for failure in videos.failures { batch.fail(failure.video, reason: failure.reason) }
        return videos.items
    }

    /// The videos that can be read, with their features.
    private func encode(
        _ items: [LabelledVideos.Item], by encoder: VideoEncoder, _ batch: inout BatchReport, _ events: JobEvents
    ) throws -> (features: Tensor?, items: [LabelledVideos.Item]) {
        var whole = try WholeVideoEncoder(encoder, precision: precision)
        whole.decoderOptions.pictureRate = pictureRate
        let found = whole.encode(items.map { ($0.path, nil) }, batch: &batch, events)
        return (found.features, found.kept.map { items[$0] })
    }
}

extension VideoClassScores {
    /// Scores held as an array.
    ///
    /// - Parameters:
    ///   - path: where they will be written.
    ///   - rows: `[videos, classes]`.
    init(path: String, classes: [String], rows: Tensor, videos: [String]) throws(LocalizationError) {
        let values = rows.elements.map(Double.init)
        let found = videos.enumerated().map { row, video in
            (video, Array(values[(row * classes.count)..<((row + 1) * classes.count)]))
        }
        try self.init(
            path: path, classes: classes, scores: Dictionary(found, uniquingKeysWith: { first, _ in first }))
    }
}
