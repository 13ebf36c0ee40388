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
              tal compare before.json after.json --ground-truth thumos14.json --protocol thumos14
            """)

    @Argument(help: "The first detections, or the result of their evaluation.")
    var first: String

    @Argument(help: "The second detections, or the result of their evaluation.")
    var second: String

    @Option(
        name: .long, help: "Annotations; for results of evaluations, those they were made with. May be repeated.")
    var groundTruth: [String] = []

    @Option(name: .customLong("protocol"), help: "The name of a protocol, or a YAML file.")
    var protocolName: String?

    @Option(name: .long, help: "The subset to evaluate, in place of the protocol's.")
    var subset: String?

    @Option(name: .long, help: "A csv table with durations or subsets of the videos.")
    var videoTable: String?

    @Option(name: .long, help: "How many bootstrap samples to draw.")
    var samples = 1000

    @Option(name: .long, help: "The seed of the bootstrap.")
    var seed: UInt64 = 0

    @Option(name: .long, help: "Write the comparison as JSON to this file.")
    var json: String?

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if samples < 2 { throw ValidationError("--samples must be at least 2, not \(samples)") }
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
        print(TaskText.text(of: comparison))
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
                "\(path) does not say how it was evaluated; give --ground-truth and --protocol, or a result of "
                    + "'tal evaluate --json'")
        }
        let base = recorded ?? other
        return EvaluationInputs(
            groundTruth: groundTruth, predictions: recorded?.predictions ?? [path], protocolName: protocolName,
            subset: subset ?? base?.subset, videoTable: videoTable ?? base?.videoTable)
    }
}
