import Features
import Files
import Foundation
public import Localization
import SViLM

/// Where the class names of detections come from.
public enum LabelSource: Sendable {
    /// The head, or the video-level scores that its settings name.
    case model
    /// Nowhere: all segments are labelled `action`. For class-agnostic heads.
    case proposals
    /// A file of class scores for whole videos, for class-agnostic heads.
    case videoScores(String)
    /// A folder with a classifier of segments, which names every segment by its own features.
    case segmentClassifier(String, topLabels: Int)
    /// Words, compared with the features of every segment.
    case words(WordLabels)

    /// Words that name segments.
    public struct WordLabels: Sendable {
        /// Labels with semicolons between them, or `@FILE` with a label on each line.
        public var labels: String
        /// Sentences with `{}` in the place of the label.
        public var templates: [String]
        /// The folder of the model that knows the words; that of the run where nil.
        public var model: String?
        public var settings: SegmentNamingSettings

        public init(
            _ labels: String, templates: [String] = ["{}"], model: String? = nil,
            settings: SegmentNamingSettings = .init()
        ) {
            self.labels = labels
            self.templates = templates
            self.model = model
            self.settings = settings
        }
    }

    /// Whether segments may stay without classes of the head.
    var allowsNameless: Bool {
        switch self {
        case .model, .videoScores: false
        case .proposals, .segmentClassifier, .words: true
        }
    }

    /// What names segments by their features; nil where the head does.
    ///
    /// - Parameter notices: receives what is odd about the words.
    /// - Throws: ``LocalizationError``, `SViLMError`, `FileError`, ``ToolkitError`` and what reading weights throws.
    func naming(for run: RunFolder, notices: inout [Notice]) throws -> SegmentNaming? {
        switch self {
        case .model, .proposals, .videoScores:
            return nil
        case .segmentClassifier(let folder, let topLabels):
            return try SegmentClassifier.load(from: folder).naming(topLabels: topLabels)
        case .words(let words):
            guard let model = try words.model.map({ try WordModels.load($0) }) ?? WordModels.load(run: run.wordFiles)
            else { throw ToolkitError.noTextEncoder(run: run.path) }
            let prompts = try LabelPrompts(words.labels, templates: words.templates)
            if let notice = try model.notice(prompts.labels) { notices.append(notice) }
            let naming = WordNaming(
                labels: prompts.labels, vectors: try model.embed(prompts), settings: words.settings)
            return naming.naming { features in
                if let origin = features.origin {
                    try model.check(origin, features: "the features of '\(features.video)'")
                }
                return try model.snippetVectors(features.features)
            }
        }
    }
}

extension RunFolder {
    /// The files that the words of the run are read from.
    var wordFiles: WordModels.RunFiles {
        let files = FileManager.default
        return WordModels.RunFiles(
            folder: path, encoder: encoder, weights: files.fileExists(atPath: encoderWeights) ? encoderWeights : nil)
    }
}
