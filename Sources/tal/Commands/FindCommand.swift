import Annotations
import ArgumentParser
import Extraction
import Foundation
import Localization
import Toolkit

struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find moments in videos by words, with no trained head.",
        discussion: """
            Compares every snippet of a video with each text in the space that a CLIP, a SigLIP or an S-ViLM has for videos and \
            words, and shows the segments where they are alike. docs/words.md states the rule. It says where a text fits best, \
            not whether it happens; --min-score draws that line.

            Of the arguments, those that name a file or a folder, begin with @ or end like a video are videos; the others are \
            texts. --text gives a text that could be taken for a file; --text @FILE takes the lines of a file.

            Examples:
              tal find street.mp4 "a person falls" --encoder clip-base-16 --weights clip/model.safetensors
              tal find videos/ "a shape spins" "a shape blinks" --compare --encoder models/svilm-tiny --json found.json
              tal find "a dog runs" --features clip.h5 --encoder clip/
            """)

    @Argument(help: "Video files, folders or @FILE lists, and what to look for.")
    var videosAndTexts: [String] = []

    @Option(name: .long, help: .value("text", "What to look for, or @FILE with a text on each line. May be repeated."))
    var text: [String] = []

    @Option(
        name: .long,
        help: .value(
            "encoder",
            """
            The model: a folder of an S-ViLM such as models/svilm-tiny, a folder with a CLIP or SigLIP as downloaded, or the name of \
            one that 'tal encoders' lists.
            """), completion: .encoders)
    var encoder: String

    @Option(
        name: .long,
        help: .value("file", "The weights of a named model, as published, with its tokenizer beside them."),
        completion: .file())
    var weights: String?

    @Option(
        name: .customLong("protocol"),
        help: .value("protocol", "The protocol of a published model; its first one unless given."),
        completion: .encoderProtocols)
    var rules: String?

    @Option(
        name: .long,
        help: .value("features", "In place of videos: features of this model. May be repeated to join channels."),
        completion: .file())
    var features: [String] = []

    @Option(
        name: .long,
        help: .value("sentence", "A sentence with {} in the place of a text; several are averaged. May be repeated."))
    var template: [String] = []

    @Flag(name: .long, help: "Let the texts compete: what all of them resemble counts for none.")
    var compare = false

    @Option(name: .long, help: .value("seconds", "Smooth similarities with this standard deviation in seconds."))
    var smoothing = SearchSettings().smoothing

    @Option(name: .long, help: .value("seconds", "Leave out segments shorter than this many seconds."))
    var shortest = SearchSettings().shortest

    @Option(
        name: .long,
        help: .value(
            "file.json", "Write the segments as ActivityNet results JSON to this file; the texts are the labels."),
        completion: .json)
    var json: String?

    @Option(
        name: .long,
        help: .value(
            "file.h5",
            "Write the similarities over the time to this file, for the curves of 'tal view' (found.curves.h5)."),
        completion: .file())
    var curves: String?

    @OptionGroup(title: "Which segments") var selectionOptions: SelectionOptions
    @OptionGroup var precisionOptions: PrecisionOptions
    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var threadOptions: ThreadOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if videos.isEmpty == features.isEmpty { throw ValidationError("give either video files or --features") }
        if texts.isEmpty { throw ValidationError("say what to look for, such as \"a person falls\"") }
        do {
            try settings.validate()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        try Outputs.check(json)
        try Outputs.checkDistinct([json, curves])
        threadOptions.apply()
        let console = consoleOptions.makeConsole()
        var job = FindJob(texts, in: features.isEmpty ? .videos(videos) : .features(features), model: encoder)
        (job.weights, job.rules, job.settings) = (weights, rules, settings)
        if !template.isEmpty { job.templates = template }
        job.precision = precisionOptions.precision
        job.pictureRate = videoOptions.fps
        job.curves = curves
        let report = try job.run(console.events)
        if report.batch.succeeded > 0 {
            let found = report.detections.mapValues(selectionOptions.value.chosen)
            Outputs.show(DetectionText.table(of: found, selectionOptions), unlessIn: json)
            if let json { try DetectionFile.write(found, to: json) }
        }
        try BatchOutcome(report.batch).finish(on: console)
    }

    private var settings: SearchSettings {
        var settings = SearchSettings()
        settings.smoothing = smoothing
        settings.shortest = shortest
        settings.compares = compare
        if let minScore = selectionOptions.minScore { settings.minimumScore = minScore }
        return settings
    }

    private var videos: [String] { videosAndTexts.filter(Self.isVideo) }
    private var texts: [String] { videosAndTexts.filter { !Self.isVideo($0) } + text }

    /// Whether an argument names videos. One that ends like a video is meant as one even if it is missing.
    private static func isVideo(_ argument: String) -> Bool {
        argument.hasPrefix("@") || argument.hasSuffix("/") || FileManager.default.fileExists(atPath: argument)
            || VideoInputs.extensions.contains((argument as NSString).pathExtension.lowercased())
    }
}
