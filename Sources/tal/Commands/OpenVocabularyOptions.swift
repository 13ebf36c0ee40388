import ArgumentParser
import Foundation
import Localization
import Networks
import SViLM

/// The options by which a command names actions by words.
struct OpenVocabularyOptions: ParsableArguments {
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

    @Option(name: .long, help: "With --labels: each segment is given to this many best labels.")
    var topLabels = SegmentNamingSettings().topLabels

    @Option(
        name: .long,
        help: "With --labels: how much of a label's mean similarity over the video is taken away, 0 to 1.")
    var centering = SegmentNamingSettings().centering

    func validate() throws {
        if labels == nil, language != nil || !template.isEmpty {
            throw ValidationError("--language and --template go with --labels")
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

    /// The naming that the options ask for; `nil` without labels.
    func naming(for run: RunFolder) throws -> SegmentNaming? {
        guard let labels else { return nil }
        guard language != nil || run.holdsTextEncoder else {
            throw LocalizationError.runFolder(
                path: run.path, problem: "holds no text encoder; name the folder of the pre-trained model by --language"
            )
        }
        let prompts = try LabelPrompts(labels, templates: template.isEmpty ? ["{}"] : template)
        let model = try VideoLanguageModel.load(from: language ?? run.path)
        let hash = Weights.hash(of: model.video)
        return SegmentNaming(labels: prompts.labels, vectors: prompts.vectors(by: model), settings: settings) {
            features, origin in
            if let origin, origin.weightsSHA256 != hash {
                throw SViLMError.unfit(
                    setting: "the features of '\(features.video)'",
                    problem: "were made with other weights than the model that knows the words; extract them with it")
            }
            return try model.video.commonVectors(ofFeatures: features.features)
        }
    }
}
