import Annotations
import ArgumentParser
import Evaluation

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compute the mAP of detections by a stated protocol.",
        discussion: """
            Counts come first, then the table; --json writes everything for programs.

            Protocols: \(EvaluationProtocol.builtInNames.joined(separator: ", ")); or a YAML file with name, subset, tiou.

            Example:
              tal evaluate --ground-truth thumos14.json --predictions detections.json \\
                --protocol thumos14 --bootstrap 1000 --json result.json
            """)

    @Option(name: .long, help: "Annotations, plain or gzip; the layout is found out.")
    var groundTruth: String

    @Option(name: .long, help: "Detections in the ActivityNet results layout, plain or gzip.")
    var predictions: String

    @Option(name: .customLong("protocol"), help: "The name of a protocol, or a YAML file.")
    var protocolName: String

    @Option(name: .long, help: "The subset to evaluate, in place of the protocol's.")
    var subset: String?

    @Option(name: .long, help: "Write the result as JSON to this file.")
    var json: String?

    @Flag(name: .long, help: "Also compute AR@AN and its area (labels ignored, 100 proposals a video).")
    var recall = false

    @Flag(name: .long, help: "Also print the AP of every class.")
    var perClass = false

    @OptionGroup var consoleOptions: ConsoleOptions

    func run() throws {
        let console = consoleOptions.makeConsole()
        let settings = try EvaluationProtocol.named(protocolName)
        let annotations = try AnnotationSet(contentsOf: groundTruth)
        let evaluator = try Evaluator(annotations, protocol: settings, subset: subset)
        let file = try DetectionFile.read(predictions)
        for oddity in annotations.oddities { console.note("\(groundTruth): \(oddity)") }
        for oddity in file.oddities { console.warn("\(predictions): \(oddity)") }

        var result = try evaluator.evaluate(file.detections)
        if recall { result.proposalRecall = try evaluator.proposalRecall(file.detections) }
        for warning in result.warnings { console.warn(warning) }
        print(ResultText(result).text(perClass: perClass))
        if let json { try result.json.write(to: json) }
    }
}
