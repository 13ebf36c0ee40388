import ArgumentParser
import Features
import Foundation
import Localization
import Networks
import SViLM

/// The options by which a command names segments by their own features: by words, or by a classifier.
struct SegmentNamingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: """
            Give each segment the classes that its own features show, in place of those of the head: a folder that \
            'tal recognize --features … --out' wrote.
            """)
    var segmentClasses: String?

    @Option(
        name: .long,
        help: """
            Name actions by these words, with semicolons between them ("a circle spins; a square blinks"), or @FILE with a \
            label on each line, in place of the classes of the head.
            """)
    var labels: String?

    @Option(
        name: .long,
        help: "With --labels: the folder of the pre-trained model, where the run does not hold its text encoder.")
    var language: String?

    @Option(name: .long, help: "With --labels: a sentence with {} in the place of the label. May be repeated.")
    var template: [String] = []

    @Option(name: .long, help: "With --labels: divides similarities before the softmax over the labels.")
    var temperature = SegmentNamingSettings().temperature

    @Option(
        name: .long, help: "With --labels or --segment-classes: each segment is given to this many best labels.")
    var topLabels = SegmentNamingSettings().topLabels

    @Option(
        name: .long,
        help: "With --labels: how much of a label's mean similarity over the video is taken away, 0 to 1.")
    var centering = SegmentNamingSettings().centering

    func validate() throws {
        if labels == nil, language != nil || !template.isEmpty {
            throw ValidationError("--language and --template go with --labels")
        }
        if labels != nil, segmentClasses != nil {
            throw ValidationError("--labels and --segment-classes exclude each other")
        }
        do {
            try settings.validate()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private var settings: SegmentNamingSettings {
        var settings = SegmentNamingSettings()
        settings.temperature = temperature
        settings.topLabels = topLabels
        settings.centering = centering
        return settings
    }

    /// Whether any naming is asked for.
    var isGiven: Bool { labels != nil || segmentClasses != nil }

    /// The naming that the options ask for, if any.
    func naming(for run: RunFolder) throws -> SegmentNaming? {
        if let segmentClasses { return try SegmentClassifier.load(from: segmentClasses).naming(topLabels: topLabels) }
        guard let labels else { return nil }
        guard language != nil || run.holdsTextEncoder else {
            throw LocalizationError.runFolder(
                path: run.path, problem: "holds no text encoder; name the folder of the pre-trained model by --language"
            )
        }
        let prompts = try LabelPrompts(labels, templates: template.isEmpty ? ["{}"] : template)
        let model = try VideoLanguageModel.load(from: language ?? run.path)
        let hash = Weights.hash(of: model.video)
        let naming = WordNaming(labels: prompts.labels, vectors: prompts.vectors(by: model), settings: settings)
        return naming.naming { features, origin in
            if let origin, origin.weightsSHA256 != hash {
                throw SViLMError.unfit(
                    setting: "the features of '\(features.video)'",
                    problem: "were made with other weights than the model that knows the words; extract them with it")
            }
            return try model.video.commonVectors(ofFeatures: features.features)
        }
    }
}
