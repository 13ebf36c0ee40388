import ArgumentParser
import Evaluation
import Files
import Toolkit

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say whether the second of two sets of detections is better.",
        discussion: """
            Both are evaluated on the same bootstrap samples of the videos, and the difference of their mAP gets a 95 % \
            interval. The files are detections, or results written by 'tal evaluate --json', which know their inputs.

            Example:
              tal compare before.json after.json --annotations thumos14.json --protocol thumos14
            """)

    @Argument(help: "The first detections, or the result of their evaluation.")
    var first: String

    @Argument(help: "The second detections, or the result of their evaluation.")
    var second: String

    @Option(
        name: .customLong("annotations"),
        help: .value("file", "Annotations; for results of evaluations, those they were made with. May be repeated."),
        completion: .file())
    var groundTruth: [String] = []

    @Option(
        name: .customLong("protocol"), help: .value("protocol", "The name of a protocol, or a YAML file."),
        completion: .evaluationProtocols)
    var protocolName: String?

    @Option(
        name: .long, help: .value("name", "The subset to evaluate, instead of the protocol's."), completion: .subsets)
    var subset: String?

    @Option(
        name: .long, help: .value("file.csv", "A csv table with durations or subsets of the videos."),
        completion: .file(extensions: ["csv"]))
    var videoTable: String?

    @Option(name: .customLong("bootstrap"), help: .value("n", "How many bootstrap samples to draw."))
    var samples = 1000

    @Option(name: .long, help: .value("n", "The seed of the bootstrap."))
    var seed: UInt64 = 0

    @Option(name: .long, help: .value("file.json", "Write the comparison as JSON to this file."), completion: .json)
    var json: String?

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if samples < 2 { throw ValidationError("--bootstrap must be at least 2, not \(samples)") }
    }

    func run() throws {
        try Outputs.check(json)
        let console = consoleOptions.makeConsole()
        let recorded = (EvaluationInputs.recorded(in: first), EvaluationInputs.recorded(in: second))
        var job = try ComparisonJob(
            inputs(first, recorded.0, like: recorded.1), inputs(second, recorded.1, like: recorded.0))
        job.samples = samples
        job.seed = seed
        let comparison = try job.run(console.events)
        Outputs.show(TaskText.text(of: comparison), unlessIn: json)
        if let json { try comparison.json.write(to: json) }
    }

    /// How a file is evaluated: as it says itself, or like the other file, with the options laid over that.
    private func inputs(
        _ path: String, _ recorded: EvaluationInputs?, like other: EvaluationInputs?
    ) throws -> EvaluationInputs {
        let given = groundTruth.isEmpty ? nil : groundTruth
        guard let groundTruth = given ?? recorded?.groundTruth ?? other?.groundTruth,
            let protocolName = protocolName ?? recorded?.protocolName ?? other?.protocolName
        else {
            throw ValidationError(
                "\(path) does not say how it was evaluated; give --annotations and --protocol, or a result of "
                    + "'tal evaluate --json'")
        }
        let base = recorded ?? other
        return EvaluationInputs(
            groundTruth: groundTruth, predictions: recorded?.predictions ?? [path], protocolName: protocolName,
            subset: subset ?? base?.subset, videoTable: videoTable ?? base?.videoTable)
    }
}
