public import Annotations
import Extraction
import Features
import Foundation
public import Localization
import SViLM
public import Tensors
public import Video

/// Finds moments in videos by words, with no trained head: where the features of a video resemble a text.
public struct FindJob: Sendable {
    /// What is searched.
    public enum Collection: Sendable {
        /// Video files, folders to search through, or `@FILE` lists.
        case videos([String])
        /// Feature files or folders of the model's encoder.
        case features([String])
    }

    /// What was found.
    public struct Report: Sendable {
        /// By video id, best first; the label is the text, the score that of `MomentSearch`.
        public var detections: [String: [Detection]] = [:]
        public var batch = BatchReport()
    }

    public var collection: Collection
    /// What to look for; `@FILE` stands for the lines of a file.
    public var texts: [String]
    /// Sentences with `{}` in the place of the text, all of which stand for it.
    public var templates = ["{}"]
    /// The folder of a pre-trained S-ViLM, the folder of a CLIP or SigLIP, or the name of one.
    public var model: String
    /// The weights of a named model, as published.
    public var weights: String?
    /// The protocol of a published model, by name or file; its usual one where nil.
    public var rules: String?
    public var settings = SearchSettings()
    public var precision = ComputePrecision.float32
    /// Writes how much each text resembles the video over its time into this file; see `ScoreCurveFile`.
    public var curves: String?
    /// How many pictures make a second, if folders of pictures are read as videos.
    public var pictureRate: FrameRate?

    public init(_ texts: [String], in collection: Collection, model: String) {
        self.texts = texts
        self.collection = collection
        self.model = model
    }

    /// Searches.
    ///
    /// - Throws: what keeps the whole job from its work; what concerns one video is in the report.
    public func run(_ events: JobEvents = .none) throws -> Report {
        try settings.validate()
        if let curves { try ScoreCurveWriter.check(curves) }
        let model = try WordModels.load(model, weights: weights, rules: rules)
        let prompts = try LabelPrompts(phrases: texts, templates: templates)
        if let notice = try model.notice(prompts.labels) { events.notice(notice) }
        let vectors = try model.embed(prompts)
        let writer = try curves.map { path in
            try ScoreCurveWriter(
                path,
                content: ScoreCurveContent(
                    kind: .similarities, classes: prompts.labels, model: (model.path as NSString).lastPathComponent),
                weightsSHA256: model.digest, precision: precision)
        }
        var report = Report()
        func search(_ sequence: FeatureSequence) throws {
            let snippets = try model.snippetVectors(sequence.features), search = MomentSearch(settings)
            let curves = search.curves(snippets: snippets, texts: vectors, grid: sequence.grid)
            report.detections[sequence.video] = search.detections(
                curves: curves, labels: prompts.labels, features: sequence)
            guard let writer else { return }
            var columns = sequence
            columns.features = Tensor([sequence.length, curves.count]) { target in
                for (text, curve) in curves.enumerated() {
                    for (time, value) in curve.enumerated() { target[time * curves.count + text] = Float(value) }
                }
            }
            try writer.write(columns)
        }
        switch collection {
        case .videos(let paths):
            let inputs = VideoInputs(paths, pictureRate: pictureRate)
            for failure in inputs.failures { report.batch.fail(failure.input, failure.error) }
            guard !inputs.videos.isEmpty else { return report }
            let extractor = FeatureExtractor(encoder: try model.makeEncoder(precision))
            try model.check(extractor.encoder.origin, features: "the features of \(model.path)")
            events.stage("find", unit: "videos", total: inputs.videos.count) { stage in
                for (index, video) in inputs.videos.enumerated() {
                    stage.update(completed: Double(index), detail: video.id)
                    do {
                        let (sequence, warnings) = try extractor.features(of: video)
                        for warning in warnings { events.notice("video", "\(video.path): \(warning)") }
                        try search(sequence)
                        report.batch.succeed()
                    } catch {
                        report.batch.fail(video.path, error)
                    }
                }
                stage.update(completed: Double(inputs.videos.count))
            }
        case .features(let paths):
            let source = try FeatureSelection.open(paths, annotations: nil, events: events)
            if let origin = source.origin { try model.check(origin, features: source.path) }
            events.stage("find", unit: "videos", total: source.videos.count) { stage in
                for (index, video) in source.videos.enumerated() {
                    do {
                        try search(source.sequence(for: video))
                        report.batch.succeed()
                    } catch {
                        report.batch.fail(video, error)
                    }
                    stage.update(completed: Double(index + 1))
                }
            }
        }
        try writer?.close()
        return report
    }
}
