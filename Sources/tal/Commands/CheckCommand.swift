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
                --config configs/heads/actionformer-demo.yaml
            """)

    @Option(name: .long, help: "Annotations, plain or gzip; the format is recognised. May be repeated.")
    var annotations: [String]

    @Option(name: .long, help: "Features: an HDF5 file, or a folder with a grid.json. May be repeated.")
    var features: [String] = []

    @Option(
        name: .long,
        help: "Videos: files, folders to search through, or @FILE. May be repeated. The first frame of each is decoded."
    )
    var videos: [String] = []

    @Option(
        name: .long,
        help: "The configuration of a head: its subsets are checked, and which segments it has no point to train on.")
    var config: String?

    @Option(name: .customLong("protocol"), help: "The protocol that is to be evaluated by.")
    var protocolName: String?

    @Option(name: .long, help: "A csv table with durations or subsets of the videos, where the annotations lack them.")
    var videoTable: String?

    @Option(name: .long, help: "Frames per second of annotations whose times are numbers of frames.")
    var annotationsFps: Double?

    @Option(name: .long, help: "The training subset.")
    var trainingSubset: String?

    @Option(name: .long, help: "The evaluated subset.")
    var validationSubset: String?

    @Option(name: .long, help: "A label that is no action. May be repeated.")
    var ignoredLabel: [String] = []

    @Flag(name: .long, help: "Also print how many segments each class has.")
    var perClass = false

    @Option(name: .long, help: "Write the findings and counts as JSON to this file.")
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
        print(SummaryText.text(of: summary, perClass: perClass))
        print("")
        if found.isEmpty {
            print("nothing to say")
        } else {
            var table = TextTable([.left("severity"), .left("kind"), .left("finding")])
            for finding in found {
                table.add(finding.severity.rawValue, finding.kind.rawValue, finding.notice.description)
            }
            print(table)
        }
        if let json { try value(found, summary).write(to: json) }
        if found.contains(where: { $0.severity != .notice }) { throw CommandStatus.nothingDone.exitCode }
    }

    private func check(_ truth: AnnotationSet, _ console: Console) throws -> DataCheck {
        var check = DataCheck(truth)
        check.isThorough = true
        check.dataset = datasetOptions.value
        let roles = datasetOptions.value?.subsets(of: truth)
        if let config {
            let settings = try ConfigurationFile.load(
                LocalizationSettings.self, from: config, notify: { console.note("note: \($0)") })
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

    private func value(_ found: [DataFinding], _ summary: DataSummary) -> JSONValue {
        .object([
            (
                "findings",
                .array(
                    found.map { finding in
                        .object([
                            ("kind", .string(finding.kind.rawValue)), ("severity", .string(finding.severity.rawValue)),
                            ("count", .number(Double(finding.notice.count))),
                            ("examples", .array(finding.notice.examples.map { .string($0) })),
                            ("message", .string(finding.notice.message)),
                        ])
                    })
            ), ("summary", summary.json),
        ])
    }
}
