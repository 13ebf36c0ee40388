import Annotations
import ArgumentParser
import Configuration
import Extraction
import Features
import Files
import Localization
import Toolkit

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check annotations, splits, videos and features against each other.",
        discussion: """
            'tal train', 'tal detect' and 'tal sweep' do the same before they start. Errors make the numbers wrong that would \
            follow; notices are worth a look. The exit status is 1 when there is an error.

            Example:
              tal check --annotations annotations.json --features features.h5 --videos videos/ \\
                --config actionformer-demo
            """)

    @Option(
        name: .long, help: .value("file", "Annotations, plain or gzip; the format is recognised. May be repeated."),
        completion: .file())
    var annotations: [String]

    @Option(
        name: .long, help: .value("features", "Features: an HDF5 file, or a folder with a grid.json. May be repeated."),
        completion: .file())
    var features: [String] = []

    @Option(
        name: .long,
        help: .value(
            "path",
            "Videos: files, folders to search through, or @FILE. May be repeated. The first frame of each is decoded."),
        completion: .file())
    var videos: [String] = []

    @Option(
        name: [.short, .long],
        help: .value(
            "file.yaml",
            "The configuration of a head: its subsets are checked, and which segments it has no point to train on."),
        completion: .heads)
    var config: String?

    @Option(
        name: .customLong("protocol"), help: .value("protocol", "The protocol of the evaluation."),
        completion: .evaluationProtocols)
    var protocolName: String?

    @Option(
        name: .long,
        help: .value(
            "file.csv", "A csv table with durations or subsets of the videos, where the annotations lack them."),
        completion: .file(extensions: ["csv"]))
    var videoTable: String?

    @Option(name: .long, help: .value("rate", "Frames per second of annotations whose times are numbers of frames."))
    var annotationsFps: Double?

    @Option(name: .long, help: .value("name", "The training subset."), completion: .subsets)
    var trainingSubset: String?

    @Option(name: .long, help: .value("name", "The evaluated subset."), completion: .subsets)
    var validationSubset: String?

    @Option(name: .long, help: .value("label", "A label that is no action. May be repeated."))
    var ignoredLabel: [String] = []

    @Flag(name: .long, help: "Also print how many segments each class has.")
    var perClass = false

    @Option(
        name: .long, help: .value("file.json", "Write the findings and counts as JSON to this file."), completion: .json
    )
    var json: String?

    @OptionGroup var datasetOptions: DatasetOptions
    @OptionGroup var checkOptions: CheckOptions
    @OptionGroup var videoOptions: VideoOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        try Outputs.check(json)
        let console = consoleOptions.makeConsole()
        var truth = try AnnotationSet.reading(annotations, ReadingOptions(framesPerSecond: annotationsFps))
        if let videoTable { truth = try truth.completed(byTable: videoTable) }
        let check = try self.check(truth, console)
        let found = try check.findings()
        let summary = DataSummary(truth)
        let text = "\(SummaryText.text(of: summary, perClass: perClass))\n\n\(FindingText.text(of: found))"
        Outputs.show(text, unlessIn: json)
        if let json { try FindingText.json(of: found, summary).write(to: json) }
        if found.contains(where: { $0.severity != .notice }) { throw CommandStatus.nothingDone.exitCode }
    }

    private func check(_ truth: AnnotationSet, _ console: Console) throws -> DataCheck {
        var check = DataCheck(truth)
        check.isThorough = true
        check.dataset = datasetOptions.value
        let roles = datasetOptions.value?.subsets(of: truth)
        if let config {
            let (path, notice) = try ShippedFiles.standard.resolve(config, as: .head)
            if let notice { console.note("note: \(notice)") }
            let settings = try ConfigurationFile.load(
                LocalizationSettings.self, from: path, notify: { console.note("note: \($0)") })
            check.settings = settings
            let training = settings.training
            check.ignoredLabels = training.ignoredLabels
            // A configuration is of a file; with another the subsets may be called otherwise.
            if roles?.training == nil { check.trainingSubset = training.trainingSubset }
            if (try? truth.subset(training.validationSubset)) != nil {
                check.validationSubset = training.validationSubset
            }
        }
        check.trainingSubset = trainingSubset ?? roles?.training ?? check.trainingSubset
        check.validationSubset = validationSubset ?? roles?.evaluated ?? check.validationSubset
        check.ignoredLabels += ignoredLabel
        check.protocolName = protocolName ?? datasetOptions.value?.manifest.protocols.first
        if !videos.isEmpty { check.videos = VideoInputs(videos, pictureRate: videoOptions.fps) }
        if !features.isEmpty {
            var facts: [String: VideoFacts] = [:]
            for video in truth.videos {
                facts[video.id] = VideoFacts(
                    framesPerSecond: video.framesPerSecond, durationSeconds: video.duration)
            }
            // As they are called on disk: ids that differ are a finding.
            check.features = try FeatureSources.open(features, facts: facts, grid: datasetOptions.value?.grid)
        }
        check.allowed = checkOptions.allowed
        return check
    }
}
