import ArgumentParser
import Evaluation
import Files
import Toolkit

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compute the mAP of detections by a stated protocol.",
        discussion: """
            Counts come first, then the table; --json writes everything for programs.

            Protocols: \(EvaluationProtocol.builtInNames.joined(separator: ", ")); or a YAML file with name, subset, tiou.

            Example:
              tal evaluate --annotations thumos14.json --predictions detections.json \\
                --protocol thumos14 --bootstrap 1000 --json result.json
            """)

    @OptionGroup var inputs: EvaluationOptions

    @Option(
        name: .long,
        help: .value(
            "file.json",
            """
            Predictions, plain or gzip: ActivityNet results or another format of docs/formats.md. May be repeated.
            """), completion: .file())
    var predictions: [String]

    @Option(name: .long, help: .value("file.json", "Write the result as JSON to this file."), completion: .json)
    var json: String?

    @Flag(name: .long, help: "Also compute AR@AN and its area (labels ignored, 100 proposals a video).")
    var recall = false

    @Flag(name: .long, help: "Also print the AP of every class.")
    var perClass = false

    @Option(
        name: .long, help: .value("n", "Also compute 95 % intervals from this many bootstrap samples of the videos."))
    var bootstrap: Int?

    @Option(
        name: .long,
        help: .value("file.json", "Write the precision-recall curves of every class as JSON to this file."),
        completion: .json)
    var curves: String?

    @Option(name: .long, help: .value("n", "The seed of the bootstrap."))
    var seed: UInt64 = 0

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if let bootstrap, bootstrap < 2 { throw ValidationError("--bootstrap must be at least 2, not \(bootstrap)") }
    }

    func run() throws {
        try Outputs.check(json, curves)
        let console = consoleOptions.makeConsole()
        var job = EvaluationJob(inputs.with(predictions: predictions))
        let task = try job.inputs.settings().task
        if task != .detection, recall || perClass && task != .frames || bootstrap != nil || curves != nil {
            throw ValidationError(
                "--recall, --per-class, --bootstrap and --curves are for detection, and this protocol is for \(task.rawValue)"
            )
        }
        job.computesRecall = recall
        job.bootstrapSamples = bootstrap
        job.seed = seed
        let text: String, value: JSONValue
        var isEmpty = false
        switch try job.run(console.events) {
        case .moments(let result): (text, value) = (TaskText.text(of: result), result.json)
        case .classification(let result): (text, value) = (TaskText.text(of: result), result.json)
        case .frames(let result): (text, value) = (TaskText.text(of: result, perClass: perClass), result.json)
        case .segmentation(let result): (text, value) = (TaskText.text(of: result), result.json)
        case .proposals(let result, let evaluator):
            (text, value) = (
                TaskText.text(of: result, evaluator: evaluator), .object([("recall", result.json)])
            )
        case .detection(let result, let matches):
            isEmpty = result.counts.predictionsEvaluated == 0
            if let curves { try matches.curvesJSON.write(to: curves) }
            (text, value) = (ResultText(result).text(perClass: perClass), result.json)
        }
        Outputs.show(text, unlessIn: json)
        if let json { try value.write(to: json) }
        if isEmpty { throw CommandStatus.nothingDone.exitCode }
    }
}
