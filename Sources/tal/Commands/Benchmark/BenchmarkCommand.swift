import ArgumentParser

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure how fast this machine encodes, trains, detects and decodes.",
        discussion: """
            Every figure is the median of at least five runs after a warm-up, with random inputs of the real shapes.

            Example:
              tal benchmark encoder --config configs/encoders/svilm-base.yaml --frames 16 --json encoder.json
            """,
        subcommands: [
            BenchmarkEncoderCommand.self, BenchmarkPublishedCommand.self, BenchmarkTrainStepCommand.self,
            BenchmarkDetectCommand.self,
            BenchmarkDecodeCommand.self, BenchmarkSuppressCommand.self, BenchmarkExchangeCommand.self,
        ])
}

/// The options of every benchmark.
struct BenchmarkOptions: ParsableArguments {
    @Option(name: .long, help: .value("n", "Timed runs after the warm-up; at least 5."))
    var runs = 5

    @Option(name: .long, help: .value("file.json", "Write the figures as JSON to this file."), completion: .json)
    var json: String?

    @OptionGroup var consoleOptions: ConsoleOptions

    func validate() throws {
        if runs < 5 { throw ValidationError("--runs must be at least 5, not \(runs)") }
    }
}
