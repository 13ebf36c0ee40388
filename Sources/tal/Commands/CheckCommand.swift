import Annotations
import ArgumentParser
import Features
import Files
import Toolkit

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check annotations, splits and features against each other.",
        discussion: """
            'tal train', 'tal detect' and 'tal sweep' do the same before they start. Errors make the numbers wrong that would \
            follow; notices are worth a look. The exit status is 1 when there is an error.

            Example:
              tal check --annotations annotations.json --features features.h5 --training-subset training \\
                --validation-subset validation
            """)

    @Option(name: .long, help: "Annotations, plain or gzip; the layout is found out.")
    var annotations: String

    @Option(name: .long, help: "Features: an HDF5 file, or a folder with a grid.json. May be repeated.")
    var features: [String] = []

    @Option(name: .long, help: "The subset that is to be trained on.")
    var trainingSubset: String?

    @Option(name: .long, help: "The subset that is to be evaluated.")
    var validationSubset: String?

    @Option(name: .long, help: "A label that is no action. May be repeated.")
    var ignoredLabel: [String] = []

    @Option(name: .long, help: "Write the findings as JSON to this file.")
    var json: String?

    @OptionGroup var checkOptions: CheckOptions
    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        try Outputs.check(json)
        let truth = try AnnotationSet.reading([annotations])
        var check = DataCheck(truth, features: features.isEmpty ? nil : try FeatureSources.open(features))
        check.trainingSubset = trainingSubset
        check.validationSubset = validationSubset
        check.ignoredLabels = ignoredLabel
        check.allowed = checkOptions.allowed
        let found = try check.findings()
        print(
            "\(annotations): \(Quantity.text(truth.videos.count, "video")), "
                + "\(Quantity.text(truth.segmentCount, "segment")), "
                + Quantity.text(truth.labels.count, "class", "classes")
        )
        for oddity in truth.oddities { print("notice  annotations  \(oddity)") }
        for finding in found { print("\(finding.severity.rawValue)  \(finding.kind.rawValue)  \(finding.notice)") }
        if found.isEmpty { print("nothing to say") }
        if let json { try value(found).write(to: json) }
        if found.contains(where: { $0.severity != .notice }) { throw CommandStatus.nothingDone.exitCode }
    }

    private func value(_ found: [DataFinding]) -> JSONValue {
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
            )
        ])
    }
}
