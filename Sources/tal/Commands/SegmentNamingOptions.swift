import ArgumentParser
import Localization
import Toolkit

/// The options by which a command names segments by their own features: by words, or by a classifier.
struct SegmentNamingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .value(
            "dir",
            """
            Give each segment the classes that its own features show, instead of those of the head: a folder that \
            'tal recognize --features … --out' wrote.
            """), completion: .directory)
    var segmentClasses: String?

    @Option(
        name: .long,
        help: .value(
            "labels",
            """
            Name actions by these words, with semicolons between them ("a circle spins; a square blinks"), or @FILE with a \
            label on each line, instead of the classes of the head.
            """))
    var labels: String?

    @Option(
        name: .long,
        help: .value(
            "dir", "With --labels: the folder of the pre-trained model, where the run does not hold its text encoder."),
        completion: .directory)
    var language: String?

    @Option(
        name: .long,
        help: .value("sentence", "With --labels: a sentence with {} in the place of the label. May be repeated."))
    var template: [String] = []

    @Option(name: .long, help: "With --labels: divides similarities before the softmax over the labels.")
    var temperature = SegmentNamingSettings().temperature

    @Option(
        name: .long,
        help: .value("n", "With --labels or --segment-classes: each segment is given to this many best labels."))
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
    var source: LabelSource? {
        if let segmentClasses { return .segmentClassifier(segmentClasses, topLabels: topLabels) }
        guard let labels else { return nil }
        return .words(
            .init(labels, templates: template.isEmpty ? ["{}"] : template, model: language, settings: settings))
    }
}
